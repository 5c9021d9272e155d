namespace WorldModelActors.Sampling;

/// <summary>
/// One sample in flight: its latent, action and state streams and how far it is. It knows nothing of the batch that it is
/// stepped in. Not thread-safe; owns its tensors.
/// </summary>
public sealed class SampleState<TCondition> : IDisposable
{
    private readonly SampleRequest<TCondition> _request;
    private readonly CoefficientTable _table;
    private Tensor? _sequentialNoise;
    private bool _disposed;

    /// <summary>Draws x_T (unless it is given), action_T and state_T, in this order.</summary>
    /// <exception cref="SamplingException">A shape or the guidance cannot be used.</exception>
    public SampleState(SampleRequest<TCondition> request)
    {
        _request = request;
        RequireShape("latent", request.LatentShape, 5);
        RequireShape("action", request.ActionShape, 3);
        RequireShape("state", request.StateShape, 3);
        if (request.Guidance is { } guidance)
        {
            Sampling.Guidance.Validate(guidance.Scale, guidance.Rescale);
        }

        if (request.InitialLatent is { } given && !given.shape.SequenceEqual(request.LatentShape))
        {
            throw new SamplingException(
                $"sample {request.Id}: x_T has shape [{string.Join(", ", given.shape)}], the sample needs " +
                $"[{string.Join(", ", request.LatentShape)}]");
        }

        using var scope = NewDisposeScope();
        var table = new CoefficientTable(request.Schedule, request.HeadScheduler, request.Device);
        try
        {
            Latent = request.InitialLatent?.to(ScalarType.Float32, request.Device, copy: true)
                ?? Draw(NoiseTensor.Latent, 0, request.LatentShape);
            Action = Draw(NoiseTensor.Action, 0, request.ActionShape);
            State = Draw(NoiseTensor.State, 0, request.StateShape);
        }
        catch
        {
            table.Dispose();
            throw;
        }

        _table = table;
        Latent.DetachFromDisposeScope();
        Action.DetachFromDisposeScope();
        State.DetachFromDisposeScope();
    }

    public string Id => _request.Id;

    public TCondition Condition => _request.Condition;

    /// <summary>The guidance that has an effect; null where there is none or its scale is 1.</summary>
    public Guidance<TCondition>? Guidance => _request.Guidance is { Scale: not 1.0 } guidance ? guidance : null;

    public DdimSchedule Schedule => _request.Schedule;

    public PredictedStreams Streams => _request.Streams;

    public Device Device => _request.Device;

    /// <summary>x_t [1, C, T, h, w] float32. Replaced by every step.</summary>
    public Tensor Latent { get; private set; }

    /// <summary>Actions [1, horizon, dims] float32. Replaced by every step that follows them.</summary>
    public Tensor Action { get; private set; }

    /// <summary>States [1, horizon, dims] float32. Replaced by every step that follows them.</summary>
    public Tensor State { get; private set; }

    /// <summary>Steps done, 0 .. <see cref="StepCount"/>; the next loop step.</summary>
    public int Step { get; private set; }

    /// <summary>Steps of the run.</summary>
    public int StepCount => Schedule.Count;

    public bool IsFinished => Step == StepCount;

    /// <summary>t of the next step.</summary>
    public int Timestep => Schedule.Timesteps[StepCount - 1 - Step];

    /// <summary>Hands over the result [1, ...] of a finished sample, which the caller then owns; the sample is used up.</summary>
    /// <exception cref="InvalidOperationException">Steps are left.</exception>
    public SampleResult Finish()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsFinished)
        {
            throw new InvalidOperationException($"sample {Id}: {StepCount - Step} of {StepCount} steps are left");
        }

        _disposed = true;
        _table.Dispose();
        _sequentialNoise?.Dispose();
        return new SampleResult(Latent, Action, State);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _table.Dispose();
        _sequentialNoise?.Dispose();
        Latent.Dispose();
        Action.Dispose();
        State.Dispose();
    }

    /// <summary>Puts recorded streams (copied) in the place of the current ones, to continue from there.</summary>
    internal void Restore(Tensor latent, Tensor action, Tensor state)
    {
        RequireSteppable();
        using var scope = NewDisposeScope();
        (Latent, Action, State) = (Replace(Latent, latent), Replace(Action, action), Replace(State, state));

        Tensor Replace(Tensor old, Tensor recorded)
        {
            var copy = recorded.to(ScalarType.Float32, Device, copy: true).reshape(old.shape);
            old.Dispose();
            return copy.DetachFromDisposeScope();
        }
    }

    internal Tensor TimestepRow() => _table.Timestep(Step);

    internal Tensor LatentCoefficients() => _table.Latent(Step);

    internal Tensor HeadCoefficients() => _table.Head(Step);

    internal bool Follows(PredictedStreams stream) => (Streams & stream) != 0;

    /// <summary>
    /// The noise of the next step, for the caller's dispose scope; null where it would be multiplied by 0 and the source does not care for
    /// the draw. A step that is repeated gets the same noise again: a sequential source's draw is kept until the step is done.
    /// </summary>
    internal Tensor? DrawStepNoise()
    {
        if (_request.Noise.IsSequential)
        {
            _sequentialNoise ??= Draw(NoiseTensor.Step, Step, _request.LatentShape).DetachFromDisposeScope();
            return _sequentialNoise.alias();
        }

        return Schedule.Sigmas[StepCount - 1 - Step] != 0 ? Draw(NoiseTensor.Step, Step, _request.LatentShape) : null;
    }

    internal void RequireSteppable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (IsFinished)
        {
            throw new InvalidOperationException($"sample {Id}: all {StepCount} steps are done");
        }
    }

    /// <summary>Takes over the outcome of a step (null: the stream stays as it is). Cannot fail.</summary>
    internal void Advance(Tensor latent, Tensor? action, Tensor? state)
    {
        Latent = Replace(Latent, latent);
        Action = Replace(Action, action);
        State = Replace(State, state);
        _sequentialNoise?.Dispose();
        _sequentialNoise = null;
        Step++;

        static Tensor Replace(Tensor old, Tensor? next)
        {
            if (next is null)
            {
                return old;
            }

            old.Dispose();
            return next.DetachFromDisposeScope();
        }
    }

    private Tensor Draw(NoiseTensor tensor, int step, IReadOnlyList<long> shape) =>
        _request.Noise.Draw(tensor, step, shape.ToArray(), _request.Device);

    private void RequireShape(string name, IReadOnlyList<long> shape, int rank)
    {
        if (shape.Count != rank || shape[0] != 1 || shape.Any(size => size < 1))
        {
            throw new SamplingException(
                $"sample {Id}: {name} shape [{string.Join(", ", shape)}] must have {rank} positive sizes, the first of them 1");
        }
    }
}

/// <summary>A finished sample. Owns its tensors.</summary>
/// <param name="Latent">[1, C, T, h, w] float32.</param>
/// <param name="Action">[1, horizon, dims] float32, in [-1, 1] for the usual step counts.</param>
/// <param name="State">[1, horizon, dims] float32, likewise.</param>
public sealed record SampleResult(Tensor Latent, Tensor Action, Tensor State) : IDisposable
{
    public void Dispose()
    {
        Latent.Dispose();
        Action.Dispose();
        State.Dispose();
    }
}
