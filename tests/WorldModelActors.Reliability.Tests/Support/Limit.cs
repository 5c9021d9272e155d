namespace WorldModelActors.Reliability.Tests;

/// <summary>The longest that a scenario may take before it has failed; none comes near, also on a machine that is busy with other things.</summary>
internal static class Limit
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(4);

    public static CancellationTokenSource Start()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_longest);
        return limit;
    }
}
