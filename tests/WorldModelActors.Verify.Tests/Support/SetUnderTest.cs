namespace WorldModelActors.Verify.Tests;

/// <summary>A directory that is opened once for the tests of its files, each of which is one test.</summary>
public abstract class SetUnderTest(string directory, string? vocabulary) : IDisposable
{
    private readonly Lazy<GoldenVerifier> _verifier = new(() => GoldenVerifier.Open(directory, new VerifyOptions { ClipVocabulary = vocabulary }));

    /// <summary>Verifies a file: fails with every failed check, skips where every check was skipped.</summary>
    public void Check(string file)
    {
        var results = _verifier.Value.Verify(file, TestContext.Current.CancellationToken);
        foreach (var result in results)
        {
            TestContext.Current.SendDiagnosticMessage(GoldenReport.Line(result));
        }

        Assert.NotEmpty(results);
        var failures = results.Where(r => r.Status == GoldenStatus.Failed).Select(GoldenReport.Line).ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.SkipWhen(results.All(r => r.Status == GoldenStatus.Skipped), results[0].Note ?? "skipped");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_verifier.IsValueCreated)
        {
            _verifier.Value.Dispose();
        }
    }

    /// <summary>The files of a directory as test cases; where it is absent one case says so.</summary>
    protected static TheoryData<string> FilesOf(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return new TheoryData<string>(new TheoryDataRow<string>(directory) { Skip = $"{directory} is not there" });
        }

        using var verifier = GoldenVerifier.Open(directory);
        return [.. verifier.Files];
    }
}
