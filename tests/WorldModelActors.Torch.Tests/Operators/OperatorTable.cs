namespace WorldModelActors.Torch.Tests.Operators;

/// <summary>One check against known values for every public call, by <see cref="Signature"/>.</summary>
internal static partial class OperatorTable
{
    public static IReadOnlyDictionary<string, Action> Entries { get; } =
        new[] { Arithmetic, Pointwise, Comparison, Reductions, Shapes, Indexing, Storage, Handles, Factories, Networks, Process }
            .SelectMany(part => part())
            .ToDictionary(entry => entry.Call, entry => entry.Check);
}
