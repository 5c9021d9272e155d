namespace WorldModelActors.Models;

/// <summary>
/// The heads of a batch beside the backbone that feeds them. On the CPU the samples go through one after another: a sample's result then depends
/// neither on how many others read the same head nor on where they stand. On CUDA neighbours go together, on a stream of their own: a head is
/// hundreds of small kernels, which fill the gaps of the backbone's large ones instead of following them.
/// </summary>
internal sealed class HeadRuns : IDisposable
{
    [ThreadStatic]
    private static Dictionary<int, CudaStream>? s_streams;

    private readonly WmaUNet _unet;
    private readonly IReadOnlyList<Run> _runs;
    private readonly Tensor _timesteps;
    private readonly (CudaStream Main, CudaStream Side, CudaEvent Reached)? _beside;
    private bool _begun;

    private HeadRuns(WmaUNet unet, IReadOnlyList<Run> runs, Tensor timesteps)
    {
        (_unet, _runs, _timesteps) = (unet, runs, timesteps);
        if (timesteps.device.type == DeviceType.CUDA && KernelSwitches.HeadsBeside.IsOn)
        {
            var index = Math.Max(0, timesteps.device.index);
            _beside = (CudaStream.Current(index), Side(index), new CudaEvent());
        }
    }

    /// <summary>Heads that are asked for; null where none is.</summary>
    /// <param name="unet">The network.</param>
    /// <param name="action">Noisy actions of all samples [B, T, 16].</param>
    /// <param name="state">Noisy states of all samples [B, T, 16].</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="conditioning">Of all samples.</param>
    /// <param name="wanted">Heads that each sample reads.</param>
    /// <exception cref="ModelInputException">A head lacks its noisy sample or its observation features.</exception>
    public static HeadRuns? Create(WmaUNet unet, Tensor? action, Tensor? state, Tensor timesteps, UNetConditioning conditioning, IReadOnlyList<HeadSelection> wanted)
    {
        var runs = new List<Run>();
        var together = timesteps.device.type == DeviceType.CUDA;
        Collect(HeadSelection.Action, action, conditioning.ActionObservation);
        Collect(HeadSelection.State, state, conditioning.StateObservation);
        return runs.Count == 0 ? null : new HeadRuns(unet, runs, timesteps);

        void Collect(HeadSelection which, Tensor? noisy, Tensor? observation)
        {
            if (!wanted.Any(h => h.HasFlag(which)))
            {
                return;
            }

            var held = conditioning.RowHeads;
            var name = which.ToString().ToLowerInvariant();
            if (noisy is null)
            {
                throw new ModelInputException($"the {name} head is asked for, but no noisy {name} sample is given");
            }

            if (noisy.dim() != 3 || noisy.size(0) != held.Count)
            {
                throw new ModelInputException($"noisy {name}s: expected [{held.Count}, horizon, dims], got [{string.Join(", ", noisy.shape)}]");
            }

            // Observation features exist only for samples that brought them.
            for (int row = 0, observed = 0, count; row < held.Count; row += count)
            {
                count = 1;
                var holds = held[row].HasFlag(which);
                if (wanted[row].HasFlag(which))
                {
                    if (!unet.Options.BaseModelGenOnly && (!holds || observation is null))
                    {
                        throw new ModelInputException($"the {name} head is asked for, but the conditioning holds no observation features for it");
                    }

                    while (together && row + count < held.Count && wanted[row + count].HasFlag(which) && held[row + count].HasFlag(which))
                    {
                        count++;
                    }

                    runs.Add(new Run(which, row, count, noisy, holds ? observation : null, observed));
                }

                observed += holds ? count : 0;
            }
        }
    }

    /// <summary>The next feature of all samples [B T, C, h, w]. It has to stay until <see cref="Finish"/>.</summary>
    public void Feed(Tensor feature)
    {
        if (_unet.Options.BaseModelGenOnly)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var aside = Aside();
        using var part = _beside is null ? PartClock.Measure(UNetPart.Head) : default;
        if (!_begun)
        {
            _begun = true;
            foreach (var run in _runs)
            {
                run.Pass = (run.Which == HeadSelection.Action ? _unet.ActionHead : _unet.StateHead).Begin(
                    run.Noisy.narrow(0, run.First, run.Count), _timesteps.narrow(0, run.First, run.Count), run.Observation!.narrow(0, run.FirstObserved, run.Count));
            }
        }

        var frames = _unet.Options.TemporalLength;
        foreach (var run in _runs)
        {
            run.Pass!.Feed(feature.narrow(0, (long)run.First * frames, (long)run.Count * frames));
        }
    }

    /// <summary>Predicted noise of the samples that read each head, in their order [B' of B, T, 16]; null where none does.</summary>
    public (Tensor? Action, Tensor? State) Finish()
    {
        using var scope = NewDisposeScope();
        Tensor? action, state;
        using (Aside())
        using (_beside is null ? PartClock.Measure(UNetPart.Head) : default)
        {
            action = Join(HeadSelection.Action);
            state = Join(HeadSelection.State);
        }

        if (_beside is { } beside)
        {
            beside.Reached.Record(beside.Side);
            beside.Reached.Block(beside.Main);
        }

        return (action?.MoveToOuterDisposeScope(), state?.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in _runs)
        {
            run.Pass?.Dispose();
        }

        _beside?.Reached.Dispose();
    }

    private static CudaStream Side(int index)
    {
        s_streams ??= [];
        if (!s_streams.TryGetValue(index, out var stream))
        {
            s_streams.Add(index, stream = CudaStream.New(index, priority: -1));
        }

        return stream;
    }

    /// <summary>What follows runs on the side stream, after all that the backbone has submitted.</summary>
    private IDisposable? Aside()
    {
        if (_beside is not { } beside)
        {
            return null;
        }

        beside.Reached.Record(beside.Main);
        beside.Reached.Block(beside.Side);
        return beside.Side.Use();
    }

    private Tensor? Join(HeadSelection which)
    {
        Tensor[] outputs = [.. _runs.Where(r => r.Which == which).Select(r => r.Pass?.Finish() ?? zeros_like(r.Noisy.narrow(0, r.First, r.Count)))];
        return outputs.Length switch
        {
            0 => null,
            1 => outputs[0],
            _ => cat(outputs, 0),
        };
    }

    /// <summary>Neighbours that read one head.</summary>
    private sealed record Run(HeadSelection Which, int First, int Count, Tensor Noisy, Tensor? Observation, int FirstObserved)
    {
        public ConditionalUnet1D.Pass? Pass { get; set; }
    }
}
