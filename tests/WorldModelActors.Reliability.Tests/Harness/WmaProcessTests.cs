namespace WorldModelActors.Reliability.Tests;

public sealed class WmaProcessTests
{
    [Fact]
    public async Task It_can_be_frozen_thawed_and_killed()
    {
        using var limit = Limit.Start();
        using var folder = new ScratchFolder();
        await using var process = WmaProcess.Start(
            "rollout", ["rollout", .. new Workload([0], Iterations: 5000).Arguments, "--out", folder["out"]]);
        await process.LineAsync("iteration 1/5000", limit.Token);

        await process.FreezeAsync(limit.Token);
        var used = ProcessTable.ProcessorSeconds(process.Id);
        Assert.Equal('T', ProcessTable.StateOf(process.Id));
        Assert.Equal(used, ProcessTable.ProcessorSeconds(process.Id));
        Assert.True(used > 0);

        process.Send(Signal.Continue);
        await process.LineAsync("iteration 3/5000", limit.Token);
        await process.KillAsync(limit.Token);
        Assert.Equal(137, await process.EndAsync(limit.Token));
        Assert.False(ProcessTable.Send(process.Id, Signal.Kill));
    }

    [Fact]
    public async Task A_text_that_never_comes_is_an_error_with_what_came_instead()
    {
        using var limit = Limit.Start();
        await using var process = WmaProcess.Start("version", ["--version"]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => process.LineAsync("no such text", limit.Token));
        Assert.Contains("version ended without 'no such text'", error.Message);
        Assert.Equal(0, await process.EndAsync(limit.Token));
    }
}
