using System.Data.Common;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Columns to values.</summary>
internal static class StoreReading
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static JsonObject Json(this DbDataReader row, int column) => row.IsDBNull(column) ? [] : JsonNode.Parse(row.GetString(column))!.AsObject();

    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);
}
