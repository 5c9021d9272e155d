namespace WorldModelActors.Verify.Tests;

/// <summary>The full golden set beside the checkout: modules, forwards, sampling runs and rollouts of the tiny model.</summary>
public sealed class FullSetTests(FullSetTests.Set set) : IClassFixture<FullSetTests.Set>
{
    public static TheoryData<string> Files => Set.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Recorded_results_are_met(string file) => set.Check(file);

    public sealed class Set() : SetUnderTest(GoldenDirectories.Full, GoldenDirectories.Vocabulary)
    {
        public static TheoryData<string> Files => FilesOf(GoldenDirectories.Full);
    }
}
