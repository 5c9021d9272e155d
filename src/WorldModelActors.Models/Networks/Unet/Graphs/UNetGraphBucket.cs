namespace WorldModelActors.Models;

/// <summary>
/// The network over a fixed number of slots: one recording of the backbone, one for each run of slots that a head was asked for.
/// </summary>
internal sealed class UNetGraphBucket : IDisposable
{
    private readonly WmaUNet _unet;
    private readonly IRecorder _recorder;
    private readonly UNetSlots _slots;
    private readonly Step _backbone;
    private readonly Dictionary<(HeadSelection Head, int First, int Count), Step> _heads = [];
    private Tensor? _latent;
    private List<Tensor> _features = [];

    public UNetGraphBucket(WmaUNet unet, IRecorder recorder, UNetSlots slots)
    {
        (_unet, _recorder, _slots) = (unet, recorder, slots);
        _backbone = new Step(recorder, Backbone);
    }

    /// <summary>The inputs.</summary>
    public UNetSlots Slots => _slots;

    /// <summary>
    /// One evaluation of a batch. The first one of each part runs as it is, so that libraries find their algorithms and workspaces; the second
    /// one is recorded; from then on it is replayed.
    /// </summary>
    /// <returns>As <see cref="WmaUNet"/>'s: latents [B, out, T, h, w], head outputs of the rows that read them, in the batch's order.</returns>
    public UNetOutput Run(
        Tensor latents, Tensor actions, Tensor states, Tensor timesteps, IReadOnlyList<UNetConditioning> conditions, IReadOnlyList<HeadSelection> heads)
    {
        using var scope = NewDisposeScope();
        var order = SlotOrder.Of(heads);
        _slots.Fill(order, latents, actions, states, timesteps, conditions);
        _backbone.Run();
        var output = new UNetOutput(
            Rows(_latent!, 0, [.. order.Slots]),
            Head(HeadSelection.Action, order.Action, order, heads),
            Head(HeadSelection.State, order.State, order, heads),
            null);
        output.Latent.MoveToOuterDisposeScope();
        output.Action?.MoveToOuterDisposeScope();
        output.State?.MoveToOuterDisposeScope();
        return output;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backbone.Dispose();
        foreach (var head in _heads.Values)
        {
            head.Dispose();
        }

        _heads.Clear();
        _latent?.Dispose();
        _features.ForEach(f => f.Dispose());
        _slots.Dispose();
    }

    private Tensor? Head(HeadSelection which, (int First, int Count) run, SlotOrder order, IReadOnlyList<HeadSelection> heads)
    {
        if (run.Count == 0)
        {
            return null;
        }

        if (!_heads.TryGetValue((which, run.First, run.Count), out var step))
        {
            _heads.Add((which, run.First, run.Count), step = new Step(_recorder, () => Evaluate(which, run.First, run.Count)));
        }

        step.Run();
        return Rows(step.Output!, run.First, [.. order.Slots.Where((_, row) => heads[row].HasFlag(which))]);
    }

    /// <summary>Copies of some slots' rows, in this order; <paramref name="rows"/> begin with the slot <paramref name="first"/>.</summary>
    private static Tensor Rows(Tensor rows, int first, int[] slots)
    {
        var inOrder = slots.Select((slot, i) => slot - slots[0] == i).All(next => next);
        return inOrder ? rows.narrow(0, slots[0] - first, slots.Length).clone() : cat([.. slots.Select(slot => rows.narrow(0, slot - first, 1))], 0);
    }

    private Tensor? Backbone()
    {
        using var scope = NewDisposeScope();
        var (latent, features) = _unet.RunBackbone(_slots.Latents, _slots.Timesteps, _slots.Conditioning);
        _latent?.Dispose();
        _features.ForEach(f => f.Dispose());
        _latent = latent.DetachFromDisposeScope();
        _features = [.. features.Select(f => f.DetachFromDisposeScope())];
        return null;
    }

    private Tensor Evaluate(HeadSelection which, int first, int count)
    {
        using var scope = NewDisposeScope();
        var action = which == HeadSelection.Action;
        var frames = _unet.Options.TemporalLength;
        var conditioning = _slots.Conditioning;
        return (action ? _unet.ActionHead : _unet.StateHead).Forward(
            (action ? _slots.Actions : _slots.States).narrow(0, first, count),
            _slots.Timesteps.narrow(0, first, count),
            [.. _features.Select(f => f.narrow(0, (long)first * frames, (long)count * frames))],
            (action ? conditioning.ActionObservation : conditioning.StateObservation)!.narrow(0, first, count)).DetachFromDisposeScope();
    }

    /// <summary>A part of the network that is run, then recorded, then replayed.</summary>
    private sealed class Step(IRecorder recorder, Func<Tensor?> work) : IDisposable
    {
        private IRecording? _recording;
        private bool _ran;

        public Tensor? Output { get; private set; }

        public void Run()
        {
            if (!_ran)
            {
                Work();
                _ran = true;
                return;
            }

            if (_recording is null)
            {
                var recording = recorder.New();
                try
                {
                    recording.Record(Work);
                }
                catch
                {
                    recording.Dispose();
                    throw;
                }

                _recording = recording;
            }

            _recording.Replay();
        }

        public void Dispose()
        {
            _recording?.Dispose();
            Output?.Dispose();
        }

        private void Work()
        {
            var output = work();
            Output?.Dispose();
            Output = output;
        }
    }
}
