namespace WorldModelActors.Models.Tests;

/// <summary>
/// Tests that count the process's live tensors. They run alone: any other test would change the count.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveTensorsCollection
{
    public const string Name = "live tensors";
}
