namespace WorldModelActors.Models;

/// <summary>The network over a fixed number of slots: one recording for each pattern of heads that the slots read.</summary>
internal sealed class UNetGraphBucket : IDisposable
{
    private readonly WmaUNet _unet;
    private readonly IRecorder _recorder;
    private readonly UNetSlots _slots;
    private readonly Dictionary<((int First, int Count) Action, (int First, int Count) State), Step> _steps = [];

    public UNetGraphBucket(WmaUNet unet, IRecorder recorder, UNetSlots slots) => (_unet, _recorder, _slots) = (unet, recorder, slots);

    /// <summary>The inputs.</summary>
    public UNetSlots Slots => _slots;

    /// <summary>
    /// One evaluation of a batch. The first one of each pattern runs as it is, so that libraries find their algorithms and workspaces; the second
    /// one is recorded; from then on it is replayed.
    /// </summary>
    /// <returns>As <see cref="WmaUNet"/>'s: latents [B, out, T, h, w], head outputs of the rows that read them, in the batch's order.</returns>
    public UNetOutput Run(
        Tensor latents, Tensor actions, Tensor states, Tensor timesteps, IReadOnlyList<UNetConditioning> conditions, IReadOnlyList<HeadSelection> heads)
    {
        using var scope = NewDisposeScope();
        var order = SlotOrder.Of(heads);
        _slots.Fill(order, latents, actions, states, timesteps, conditions);
        if (!_steps.TryGetValue((order.Action, order.State), out var step))
        {
            _steps.Add((order.Action, order.State), step = new Step(_recorder, () => Evaluate(order)));
        }

        var output = step.Run();
        return new UNetOutput(
            Rows(output.Latent, 0, [.. order.Slots]).MoveToOuterDisposeScope(),
            Head(HeadSelection.Action, output.Action, order.Action.First)?.MoveToOuterDisposeScope(),
            Head(HeadSelection.State, output.State, order.State.First)?.MoveToOuterDisposeScope(),
            null);

        Tensor? Head(HeadSelection which, Tensor? rows, int first) =>
            rows is null ? null : Rows(rows, first, [.. order.Slots.Where((_, row) => heads[row].HasFlag(which))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var step in _steps.Values)
        {
            step.Dispose();
        }

        _steps.Clear();
        _slots.Dispose();
    }

    /// <summary>Copies of some slots' rows, in this order; <paramref name="rows"/> begin with the slot <paramref name="first"/>.</summary>
    private static Tensor Rows(Tensor rows, int first, int[] slots)
    {
        var inOrder = slots.Select((slot, i) => slot - slots[0] == i).All(next => next);
        return inOrder ? rows.narrow(0, slots[0] - first, slots.Length).clone() : cat([.. slots.Select(slot => rows.narrow(0, slot - first, 1))], 0);
    }

    private UNetOutput Evaluate(SlotOrder order)
    {
        var heads = new HeadSelection[_slots.Count];
        for (var slot = 0; slot < heads.Length; slot++)
        {
            heads[slot] = (Reads(order.Action) ? HeadSelection.Action : HeadSelection.None) | (Reads(order.State) ? HeadSelection.State : HeadSelection.None);

            bool Reads((int First, int Count) run) => slot >= run.First && slot < run.First + run.Count;
        }

        return _unet.Forward(_slots.Latents, _slots.Actions, _slots.States, _slots.Timesteps, _slots.Conditioning, heads);
    }

    /// <summary>An evaluation that is run, then recorded, then replayed. Its output lies where the last one lay.</summary>
    private sealed class Step(IRecorder recorder, Func<UNetOutput> evaluate) : IDisposable
    {
        private IRecording? _recording;
        private UNetOutput? _output;

        public UNetOutput Run()
        {
            if (_output is null)
            {
                Evaluate();
                return _output!;
            }

            if (_recording is null)
            {
                var recording = recorder.New();
                try
                {
                    recording.Record(Evaluate);
                }
                catch
                {
                    recording.Dispose();
                    throw;
                }

                _recording = recording;
            }

            _recording.Replay();
            return _output;
        }

        public void Dispose()
        {
            _recording?.Dispose();
            Free(_output);
        }

        private static void Free(UNetOutput? output)
        {
            output?.Latent.Dispose();
            output?.Action?.Dispose();
            output?.State?.Dispose();
        }

        private void Evaluate()
        {
            using var scope = NewDisposeScope();
            var output = evaluate();
            output.Latent.DetachFromDisposeScope();
            output.Action?.DetachFromDisposeScope();
            output.State?.DetachFromDisposeScope();
            Free(_output);
            _output = output;
        }
    }
}
