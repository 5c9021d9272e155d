namespace WorldModelActors.Rollout.Tests;

public class EpisodeStateTests
{
    private static readonly EpisodePlan Plan = new()
    {
        Id = "0",
        Instruction = "",
        FrameRateCondition = 7,
        ActionDim = 3,
        StateDim = 2,
        Iterations = 2,
        ExecuteSteps = 16,
    };

    [Fact]
    public void FirstObservationFillsEverySlotAndItsActionIsZero()
    {
        var state = New(Plan);
        Assert.Equal(["first", "first"], state.Images);
        Assert.All(state.States, s => Assert.Equal(Row(16, 0.5f), s));
        Assert.Equal(16, state.Actions.Count);
        Assert.All(state.Actions, a => Assert.Equal(new float[16], a));
    }

    [Fact]
    public void ActionsReplaceTheQueueAndLoseTheirPadding()
    {
        var state = New(Plan);
        var actions = Prediction(1);
        state.ApplyActions(actions);
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal([100 + i, 100 + i, 100 + i, .. new float[13]], state.Actions[i]);
            Assert.Equal(state.Actions[i], actions[(i * 16)..((i + 1) * 16)]);
        }
    }

    [Fact]
    public void FutureOfSixteenLeavesTheLastTwo()
    {
        var state = New(Plan);
        state.ApplyActions(Prediction(1));
        var dropped = state.ApplyFuture(["f14", "f15"], Prediction(2));
        Assert.Equal(["f14", "f15"], state.Images);
        Assert.Equal(["first", "first"], dropped);
        Assert.Equal([214, 214, .. new float[14]], state.States[0]);
        Assert.Equal([215, 215, .. new float[14]], state.States[1]);
        Assert.All(state.Actions, a => Assert.Equal(new float[16], a));
        Assert.Equal(1, state.Iteration);
        Assert.False(state.IsComplete);
    }

    [Fact]
    public void OneExecutedStepKeepsThePreviousObservation()
    {
        var state = New(Plan with { ExecuteSteps = 1, Iterations = 1 });
        state.ApplyActions(Prediction(1));
        state.ApplyFuture(["f0"], Prediction(2));
        Assert.Equal(["first", "f0"], state.Images);
        Assert.Equal(Row(16, 0.5f), state.States[0]);
        Assert.Equal([200, 200, .. new float[14]], state.States[1]);
        // 15 old actions, then one zero.
        Assert.Equal(101f, state.Actions[0][0]);
        Assert.Equal(new float[16], state.Actions[15]);
        Assert.True(state.IsComplete);
    }

    [Fact]
    public void ZeroPredictedStatePushesZeros()
    {
        var state = New(Plan with { ZeroPredictedState = true });
        state.ApplyActions(Prediction(1));
        state.ApplyFuture(["f14", "f15"], Prediction(2));
        Assert.All(state.States, s => Assert.Equal(new float[16], s));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void ExecutedStepsMustFitThePrediction(int steps)
    {
        var error = Assert.Throws<RolloutException>(() => (Plan with { ExecuteSteps = steps }).Validate(16));
        Assert.Contains($"exe-steps {steps}", error.Message);
    }

    private static EpisodeState<string> New(EpisodePlan plan) => new(plan, 2, 16, 16, "first", Row(16, 0.5f));

    private static float[] Row(int length, float value) => Enumerable.Repeat(value, length).ToArray();

    /// <summary>[16, 16]; row i holds 100 * kind + i.</summary>
    private static float[] Prediction(int kind) => Enumerable.Range(0, 256).Select(i => (100f * kind) + (i / 16)).ToArray();
}
