namespace WorldModelActors.Verify.Tests;

/// <summary>The golden files inside the repository.</summary>
public sealed class RepositorySetTests(RepositorySetTests.Set set) : IClassFixture<RepositorySetTests.Set>
{
    public static TheoryData<string> Files => Set.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Recorded_results_are_met(string file) => set.Check(file);

    public sealed class Set() : SetUnderTest(GoldenDirectories.Repository, GoldenDirectories.Vocabulary)
    {
        public static TheoryData<string> Files => FilesOf(GoldenDirectories.Repository);
    }
}
