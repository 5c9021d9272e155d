namespace WorldModelActors.Verify.Tests;

/// <summary>The demo world model's directory: its prompts and its recorded rollout, with its own tokenizer.</summary>
public sealed class DemoModelTests(DemoModelTests.Set set) : IClassFixture<DemoModelTests.Set>
{
    public static TheoryData<string> Files => Set.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Recorded_results_are_met(string file) => set.Check(file);

    public sealed class Set() : SetUnderTest(GoldenDirectories.Demo, null)
    {
        public static TheoryData<string> Files => FilesOf(GoldenDirectories.Demo);
    }
}
