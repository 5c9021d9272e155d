namespace WorldModelActors.Rollout;

/// <summary>
/// The interaction loop as a pure state machine: queues and counters, no tensors, no I/O. <typeparamref name="TFrame"/> is
/// whatever stands for an observed image (a latent-store handle in the actors, an array in tests).
/// <para>
/// One iteration is: observe the queues, <see cref="ApplyActions"/> with the policy's actions, observe again,
/// <see cref="ApplyFuture"/> with the world model's frames and states.
/// </para>
/// </summary>
public sealed class EpisodeState<TFrame>
{
    private readonly EpisodePlan _plan;
    private readonly int _paddedDim;
    private readonly ObservationQueue<TFrame> _images;
    private readonly ObservationQueue<float[]> _states;
    private readonly ObservationQueue<float[]> _actions;

    /// <param name="plan">What to run.</param>
    /// <param name="observationSteps">Observations that the model sees (2).</param>
    /// <param name="horizon">Actions of one prediction (16).</param>
    /// <param name="paddedDim">Padded width of actions and states (16).</param>
    /// <param name="image">The first observed image, which fills the image queue.</param>
    /// <param name="state">The first observed state [16], normalised and padded, which fills the state queue.</param>
    public EpisodeState(EpisodePlan plan, int observationSteps, int horizon, int paddedDim, TFrame image, ReadOnlySpan<float> state)
    {
        if (state.Length != paddedDim)
            throw new RolloutException($"episode {plan.Id}: the first state has {state.Length} dimensions, the model takes {paddedDim} (padded)");
        _plan = plan;
        _paddedDim = paddedDim;
        _images = new ObservationQueue<TFrame>(observationSteps);
        _states = new ObservationQueue<float[]>(observationSteps);
        _actions = new ObservationQueue<float[]>(horizon);
        _images.Push(image);
        _states.Push(state.ToArray());
        // The recorded actions only give the width: the first observation's action is zero.
        _actions.Push(new float[paddedDim]);
    }

    /// <summary>The loop as it stood at the beginning of an iteration.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="iteration">Iterations completed.</param>
    /// <param name="images">Observed images, oldest first.</param>
    /// <param name="states">Observed states [16], oldest first.</param>
    /// <param name="actions">Actions [16] of the queue, oldest first.</param>
    public EpisodeState(
        EpisodePlan plan, int iteration, IReadOnlyCollection<TFrame> images, IReadOnlyCollection<float[]> states, IReadOnlyCollection<float[]> actions)
    {
        _plan = plan;
        _paddedDim = actions.First().Length;
        _images = new ObservationQueue<TFrame>(images);
        _states = new ObservationQueue<float[]>(states);
        _actions = new ObservationQueue<float[]>(actions);
        Iteration = iteration;
    }

    /// <summary>Iterations completed.</summary>
    public int Iteration { get; private set; }

    /// <summary>True when every iteration is done.</summary>
    public bool IsComplete => Iteration >= _plan.Iterations;

    /// <summary>Observed images, oldest first.</summary>
    public IReadOnlyList<TFrame> Images => _images.Items;

    /// <summary>Observed states [16], oldest first.</summary>
    public IReadOnlyList<float[]> States => _states.Items;

    /// <summary>Actions [16] of the queue, oldest first.</summary>
    public IReadOnlyList<float[]> Actions => _actions.Items;

    /// <summary>
    /// Takes the policy's actions [horizon, 16]: padding dimensions are zeroed in place (they reach the world model that
    /// way), then each is pushed, so that the queue holds exactly this prediction.
    /// </summary>
    public void ApplyActions(Span<float> actions)
    {
        for (var i = 0; i < actions.Length / _paddedDim; i++)
        {
            var action = actions.Slice(i * _paddedDim, _paddedDim);
            action[_plan.ActionDim..].Clear();
            _actions.Push(action.ToArray());
        }
    }

    /// <summary>
    /// Takes the executed frames and the predicted states [horizon, 16], and completes the iteration.
    /// </summary>
    /// <param name="lastFrames">
    /// The last min(observation steps, executed steps) executed frames, oldest first; the ones before would fall out of
    /// the queue at once.
    /// </param>
    /// <param name="states">Predicted states of all frames of the prediction; changed in place as the reference does.</param>
    /// <returns>Images that fell out of the queue and are no longer observed.</returns>
    public IReadOnlyList<TFrame> ApplyFuture(IReadOnlyList<TFrame> lastFrames, Span<float> states)
    {
        var expected = Math.Min(_images.Items.Count, _plan.ExecuteSteps);
        if (lastFrames.Count != expected)
            throw new ArgumentException($"{lastFrames.Count} frames given, the queue takes the last {expected}", nameof(lastFrames));
        List<TFrame> dropped = [];
        foreach (var frame in lastFrames)
        {
            if (_images.Push(frame) is (true, var old))
                dropped.Add(old!);
        }
        for (var i = 0; i < _plan.ExecuteSteps; i++)
        {
            var state = states.Slice(i * _paddedDim, _paddedDim);
            state[(_plan.ZeroPredictedState ? 0 : _plan.StateDim)..].Clear();
            _states.Push(state.ToArray());
            _actions.Push(new float[_paddedDim]);
        }
        Iteration++;
        return dropped;
    }
}
