namespace WorldModelActors.Sampling;

/// <summary>
/// The scalars of every step of one run as tensors on the model's device, made once, so that no step copies anything from the
/// host. Row k belongs to loop step k.
/// </summary>
internal sealed class CoefficientTable : IDisposable
{
    private const int LatentColumns = 6;
    private const int HeadColumns = 4;

    private readonly Tensor _latent;
    private readonly Tensor _head;
    private readonly Tensor _timesteps;

    public CoefficientTable(DdimSchedule schedule, HeadScheduler head, Device device)
    {
        var count = schedule.Count;
        var latentValues = new float[count * LatentColumns];
        var headValues = new float[count * HeadColumns];
        var timesteps = new long[count];
        for (var step = 0; step < count; step++)
        {
            var c = StepCoefficients.At(schedule, head, step);
            timesteps[step] = c.Timestep;
            ReadOnlySpan<float> row = [c.SqrtAlpha, c.SqrtOneMinusAlpha, c.Rescale, c.SqrtAlphaPrev, c.Direction, c.Sigma];
            row.CopyTo(latentValues.AsSpan(step * LatentColumns));
            ReadOnlySpan<float> headRow = [c.Head.SqrtAlpha, c.Head.SqrtOneMinusAlpha, c.Head.SqrtAlphaPrev, c.Head.SqrtOneMinusAlphaPrev];
            headRow.CopyTo(headValues.AsSpan(step * HeadColumns));
        }

        using var scope = NewDisposeScope();
        _latent = tensor(latentValues, [count, LatentColumns, 1, 1, 1, 1], device: device);
        _head = tensor(headValues, [count, HeadColumns, 1, 1], device: device);
        _timesteps = tensor(timesteps, device: device);
        _latent.DetachFromDisposeScope();
        _head.DetachFromDisposeScope();
        _timesteps.DetachFromDisposeScope();
    }

    /// <summary>Timesteps [1] int64 of loop step <paramref name="step"/>.</summary>
    public Tensor Timestep(int step) => _timesteps.narrow(0, step, 1);

    /// <summary>Latent scalars [1, 6, 1, 1, 1, 1] of loop step <paramref name="step"/>.</summary>
    public Tensor Latent(int step) => _latent.narrow(0, step, 1);

    /// <summary>Head scalars [1, 4, 1, 1] of loop step <paramref name="step"/>.</summary>
    public Tensor Head(int step) => _head.narrow(0, step, 1);

    public void Dispose()
    {
        _latent.Dispose();
        _head.Dispose();
        _timesteps.Dispose();
    }
}
