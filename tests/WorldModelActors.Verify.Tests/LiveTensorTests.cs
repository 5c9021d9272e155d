namespace WorldModelActors.Verify.Tests;

/// <summary>Counts the process's live tensors, so it runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveTensorCollection
{
    public const string Name = "live tensors";
}

[Collection(LiveTensorCollection.Name)]
public sealed class LiveTensorTests
{
    [Fact]
    public void Verifying_leaves_no_tensor_behind()
    {
        var before = Tensor.TotalCount;
        Assert.NotEmpty(GoldenVerifier.Run(GoldenDirectories.Repository, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_cancelled_verification_stops_and_leaves_no_tensor_behind()
    {
        var before = Tensor.TotalCount;
        using var cancel = new CancellationTokenSource();
        var options = new VerifyOptions { OnResult = _ => cancel.Cancel() };
        Assert.Throws<OperationCanceledException>(() => GoldenVerifier.Run(GoldenDirectories.Repository, options, cancel.Token));
        Assert.Equal(before, Tensor.TotalCount);
    }
}
