using System.Data.Common;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Statements inside one transaction. All values travel as parameters.</summary>
internal sealed class StoreSession(DbConnection connection, DbTransaction? transaction, CancellationToken stop)
{
    public DbConnection Connection => connection;

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows that it changed.</returns>
    public async Task<int> RunAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Reads all rows.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        var rows = new List<T>();
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(stop).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }
            }
        }

        return rows;
    }

    /// <summary>The whole number in the first column of the first row; null where there is none.</summary>
    public async Task<long?> NumberAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        var rows = await ReadAsync(sql, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), parameters).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>The parameter of <see cref="StoreDialect.Rows"/>.</summary>
    public static (string Name, object? Value) Rows(IEnumerable<JsonNode?> values) => ("rows", new JsonArray([.. values]).ToJsonString());

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
