namespace WorldModelActors.Transfer.Tests;

/// <summary>The longest that a test may take; none comes near.</summary>
internal static class Limit
{
    public static CancellationTokenSource Start()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        return limit;
    }
}
