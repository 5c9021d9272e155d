using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Rollout.Tests;

public class LatentCreditsTests
{
    [Fact]
    public async Task CreditsAreGrantedInOrderOfAsking()
    {
        var credits = new LatentCredits(100);
        var first = await credits.AskAsync(60, TestContext.Current.CancellationToken);
        var large = credits.AskAsync(50, TestContext.Current.CancellationToken);
        // It would fit, but it came later.
        var small = credits.AskAsync(10, TestContext.Current.CancellationToken);
        Assert.False(large.IsCompleted || small.IsCompleted);
        first.Dispose();
        first.Dispose();
        Assert.Equal((50L, 10L), ((await large).Bytes, (await small).Bytes));
        Assert.Equal((60L, 0), (credits.Granted, credits.Waiting));
    }

    [Fact]
    public async Task WhoTakesNothingFromOthersMayTakeMoreThanThereIs()
    {
        var credits = new LatentCredits(100);
        using (await credits.AskAsync(1000, TestContext.Current.CancellationToken))
            Assert.Equal(1000, credits.Granted);
        Assert.Equal(0, credits.Granted);
    }

    [Fact]
    public async Task WithdrawnQuestionLetsThoseBehindItThrough()
    {
        var credits = new LatentCredits(100);
        using var withdraw = new CancellationTokenSource();
        using var first = await credits.AskAsync(60, TestContext.Current.CancellationToken);
        var large = credits.AskAsync(50, withdraw.Token);
        var small = credits.AskAsync(40, TestContext.Current.CancellationToken);
        await withdraw.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.Equal(40, (await small).Bytes);
    }

    /// <summary>Random asking, returning and withdrawing keeps the invariant; in the end everybody was served.</summary>
    [Fact]
    public void NobodyWaitsForEverAndTheCapacityIsKept() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte, byte)[]>(),
            steps =>
            {
                var credits = new LatentCredits(100);
                List<(Task<LatentCredit> Task, CancellationTokenSource Withdraw)> asked = [];
                List<LatentCredit> held = [];
                foreach (var (what, which) in steps)
                {
                    if (what % 3 == 0)
                    {
                        var withdraw = new CancellationTokenSource();
                        asked.Add((credits.AskAsync(which, withdraw.Token), withdraw));
                    }
                    else if (what % 3 == 1 && held.Count > 0)
                    {
                        held[which % held.Count].Dispose();
                        held.RemoveAt(which % held.Count);
                    }
                    else if (what % 9 == 2 && asked.Count > 0)
                    {
                        asked[which % asked.Count].Withdraw.Cancel();
                    }
                    Collect();
                }
                while (held.Count > 0)
                {
                    held[0].Dispose();
                    held.RemoveAt(0);
                    Collect();
                }
                Assert.Empty(asked);
                Assert.Equal((0L, 0), (credits.Granted, credits.Waiting));

                void Collect()
                {
                    var waits = asked.FindIndex(a => !a.Task.IsCompleted);
                    Assert.True(waits < 0 || asked.Skip(waits).All(a => !a.Task.IsCompletedSuccessfully), "somebody overtook");
                    held.AddRange(asked.Where(a => a.Task.IsCompletedSuccessfully).Select(a => a.Task.Result));
                    asked.RemoveAll(a => a.Task.IsCompleted);
                    Assert.Equal(held.Sum(c => c.Bytes), credits.Granted);
                    Assert.True(credits.Granted <= 100 || held.Count == 1);
                    Assert.True(asked.Count == 0 || held.Count > 0, "somebody waits for nobody");
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
