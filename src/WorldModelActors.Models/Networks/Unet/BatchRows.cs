namespace WorldModelActors.Models;

/// <summary>Some rows of a batch, in order: those of the samples that read a head.</summary>
internal sealed class BatchRows
{
    private readonly List<(long First, long Count)> _runs = [];

    private BatchRows(IReadOnlyList<long> indices)
    {
        Indices = indices;
        foreach (var index in indices)
        {
            if (_runs is [.., var (first, count)] && first + count == index)
            {
                _runs[^1] = (first, count + 1);
            }
            else
            {
                _runs.Add((index, 1));
            }
        }
    }

    /// <summary>Positions in the batch, ascending.</summary>
    public IReadOnlyList<long> Indices { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Indices.Count;

    /// <summary>The rows whose sample reads a head.</summary>
    public static BatchRows Where(IReadOnlyList<HeadSelection> heads, HeadSelection which) =>
        new([.. Enumerable.Range(0, heads.Count).Where(i => heads[i].HasFlag(which)).Select(i => (long)i)]);

    /// <summary>Where <paramref name="some"/> of these rows stand among these rows.</summary>
    public BatchRows IndicesOf(BatchRows some)
    {
        var position = new Dictionary<long, long>();
        for (var i = 0; i < Count; i++)
        {
            position.Add(Indices[i], i);
        }

        return new BatchRows([.. some.Indices.Select(i => position[i])]);
    }

    /// <summary>
    /// The rows of a tensor [B perRow, ...] that has <paramref name="perRow"/> rows for each sample. A view where they follow one another; a tensor
    /// that consists of them is handed back itself.
    /// </summary>
    public Tensor Of(Tensor tensor, long perRow = 1) => _runs switch
    {
        [(0, var count)] when count * perRow == tensor.size(0) => tensor,
        [var (first, count)] => tensor.narrow(0, first * perRow, count * perRow),
        _ => Gather(tensor, perRow),
    };

    private Tensor Gather(Tensor tensor, long perRow)
    {
        using var scope = NewDisposeScope();
        return cat([.. _runs.Select(r => tensor.narrow(0, r.First * perRow, r.Count * perRow))], 0).MoveToOuterDisposeScope();
    }
}
