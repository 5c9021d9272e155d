namespace WorldModelActors.Rollout;

/// <summary>The executed actions and predicted states of an episode, one row per executed frame.</summary>
internal sealed class EpisodeTrajectory(int dims)
{
    private readonly List<float> _actions = [];
    private readonly List<float> _states = [];

    /// <summary>Appends the first <paramref name="rows"/> rows of a prediction [horizon, dims].</summary>
    public void Append(ReadOnlySpan<float> actions, ReadOnlySpan<float> states, int rows)
    {
        _actions.AddRange(actions[..(rows * dims)]);
        _states.AddRange(states[..(rows * dims)]);
    }

    /// <summary>The first rows: those whose frames are in the video.</summary>
    public (float[] Actions, float[] States) First(int rows)
    {
        var count = Math.Min(rows * dims, _actions.Count);
        return (_actions.GetRange(0, count).ToArray(), _states.GetRange(0, count).ToArray());
    }
}
