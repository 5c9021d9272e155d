namespace WorldModelActors.Media.Tests;

public sealed class TransitionTests
{
    [Fact]
    public void Actions_states_and_attributes_are_read()
    {
        var transition = Transition.Load(RepositoryFiles.Golden("prompts", "transitions", "tiny_set", "0.h5"));
        Assert.Equal((7, 7), (transition.Action.Columns, transition.State.Columns));
        Assert.True(transition.Action.Rows > 60);
        Assert.All(transition.Action.Values, value => Assert.True(float.IsFinite(value)));
        Assert.False(string.IsNullOrEmpty(transition.ActionType));
        Assert.False(string.IsNullOrEmpty(transition.StateType));
        Assert.False(string.IsNullOrEmpty(transition.RobotType));
    }

    [Fact]
    public void The_recording_must_be_longer_than_15_strides()
    {
        var transition = new Transition("x.h5", new FloatMatrix(61, 2), new FloatMatrix(1, 2), null, null, null);
        transition.RequireLength(4);
        var error = Assert.Throws<PromptDataException>(() => transition.RequireLength(5));
        Assert.Equal("x.h5: dataset 'action' has 61 steps; frame stride 5 needs at least 76, use a smaller --frame-stride.", error.Message);
        Assert.Throws<PromptDataException>(() => transition.RequireLength(int.MaxValue));
        Assert.Throws<PromptDataException>(() => (transition with { State = new FloatMatrix(0, 2) }).RequireLength(1));
    }

    [Theory]
    [InlineData("not_finite.h5", "dataset 'action' holds NaN at step 1")]
    [InlineData("no_state.h5", "dataset 'observation.state' is missing; the file has action.")]
    public void Unusable_recordings_are_named(string file, string reason)
    {
        var error = Assert.Throws<PromptDataException>(() => Transition.Load(RepositoryFiles.Hdf5Fixture(file)));
        Assert.Contains(file, error.Message);
        Assert.Contains(reason, error.Message);
    }
}
