namespace WorldModelActors.Rollout;

/// <summary>
/// The executed actions and predicted states of an episode, one row per executed frame. Rows are set by number, so that an iteration that
/// is made again puts the same rows in the same place. Safe for concurrent use: a journal may read while the episode goes on.
/// </summary>
internal sealed class EpisodeTrajectory(int dims)
{
    private readonly Lock _lock = new();
    private readonly List<float> _actions = [];
    private readonly List<float> _states = [];

    /// <summary>Sets rows [rows, dims] from the beginning of two predictions [horizon, dims].</summary>
    public void Set(int first, ReadOnlySpan<float> actions, ReadOnlySpan<float> states, int rows)
    {
        lock (_lock)
        {
            Put(_actions, first * dims, actions[..(rows * dims)]);
            Put(_states, first * dims, states[..(rows * dims)]);
        }
    }

    /// <summary>Rows [rows, dims] from a number on, as far as they are there.</summary>
    public (float[] Actions, float[] States) Read(int first, int rows)
    {
        lock (_lock)
        {
            var start = Math.Min(first * dims, _actions.Count);
            var count = Math.Min(rows * dims, _actions.Count - start);
            return (_actions.GetRange(start, count).ToArray(), _states.GetRange(start, count).ToArray());
        }
    }

    private static void Put(List<float> to, int at, ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (at < to.Count)
                to[at] = value;
            else
                to.Add(value);
            at++;
        }
    }
}
