using System.Text.Json;

namespace WorldModelActors.Episodes;

/// <summary>Nodes.</summary>
internal sealed partial class EpisodeStore
{
    public Task<NodeId> RegisterAsync(NodeDescription node, CancellationToken stop = default) => WriteAsync(
        async session =>
        {
            var number = await session.NumberAsync(
                """
                INSERT INTO nodes (name, devices, capacity, bytes, exchange, started_at, beat_at)
                VALUES (@name, @devices, @capacity, @bytes, @exchange, wma_now(), wma_now()) RETURNING no
                """,
                ("name", node.Name),
                ("devices", JsonSerializer.Serialize(node.Devices)),
                ("capacity", node.Capacity),
                ("bytes", node.Bytes),
                ("exchange", node.Exchange?.ToString())).ConfigureAwait(false);
            return new NodeId(number!.Value, node.Name);
        },
        stop);

    public Task LeaveAsync(NodeId node, CancellationToken stop = default) => WriteAsync(
        session => session.RunAsync("UPDATE nodes SET left_at = COALESCE(left_at, wma_now()) WHERE no = @node", ("node", node.Number)), stop);

    public Task<int> DrainAsync(string nodeName, CancellationToken stop = default) => WriteAsync(
        session => session.RunAsync("UPDATE nodes SET draining = 1 WHERE name = @name AND left_at IS NULL", ("name", nodeName)), stop);

    /// <summary>Nodes that have not left, in the order of registration.</summary>
    private static Task<List<NodeView>> NodesAsync(StoreSession session) => session.ReadAsync(
        """
        SELECT n.no, n.name, n.devices, n.capacity, n.bytes, n.started_at, wma_now() - n.beat_at, n.draining,
          CAST((SELECT COUNT(*) FROM leases l WHERE l.node = n.no AND l.expires > wma_now()) AS INTEGER), n.exchange
        FROM nodes n WHERE n.left_at IS NULL ORDER BY n.no
        """,
        row => new NodeView(
            new NodeId(row.GetInt64(0), row.GetString(1)),
            new NodeDescription(row.GetString(1), JsonSerializer.Deserialize<string[]>(row.GetString(2))!, row.GetInt32(3), row.GetInt64(4))
            {
                Exchange = row.IsDBNull(9) ? null : new Uri(row.GetString(9)),
            },
            row.Time(5),
            TimeSpan.FromMilliseconds(row.GetInt64(6)),
            row.GetInt32(7) != 0,
            false,
            row.GetInt32(8)));
}
