namespace WorldModelActors.Models;

/// <summary>
/// Which slot each row of a batch takes: rows that read the action head come first, rows that read the state head last, rows that read both
/// between them, so that every head runs once over neighbours.
/// </summary>
internal sealed class SlotOrder
{
    private SlotOrder(int[] slots, IReadOnlyList<HeadSelection> heads)
    {
        Slots = slots;
        IsIdentity = slots.Select((slot, row) => slot == row).All(same => same);
        var bySlot = new HeadSelection[slots.Length];
        for (var row = 0; row < slots.Length; row++)
        {
            bySlot[slots[row]] = heads[row];
        }

        Action = Run(bySlot, HeadSelection.Action);
        State = Run(bySlot, HeadSelection.State);
    }

    /// <summary>Slot of each row; together 0 .. rows - 1.</summary>
    public int[] Slots { get; }

    /// <summary>Every row is in the slot of its number.</summary>
    public bool IsIdentity { get; }

    /// <summary>Slots that read the action head.</summary>
    public (int First, int Count) Action { get; }

    /// <summary>Slots that read the state head.</summary>
    public (int First, int Count) State { get; }

    /// <summary>The order of rows that read these heads; rows of equal heads keep theirs.</summary>
    public static SlotOrder Of(IReadOnlyList<HeadSelection> heads)
    {
        var slots = new int[heads.Count];
        var next = 0;
        foreach (var row in Enumerable.Range(0, heads.Count).OrderBy(row => Place(heads[row])))
        {
            slots[row] = next++;
        }

        return new SlotOrder(slots, heads);
    }

    private static int Place(HeadSelection heads) => heads switch
    {
        HeadSelection.None => 0,
        HeadSelection.Action => 1,
        HeadSelection.Both => 2,
        _ => 3,
    };

    private static (int First, int Count) Run(HeadSelection[] slots, HeadSelection head)
    {
        var first = Array.FindIndex(slots, h => h.HasFlag(head));
        return first < 0 ? (0, 0) : (first, Array.FindLastIndex(slots, h => h.HasFlag(head)) - first + 1);
    }
}
