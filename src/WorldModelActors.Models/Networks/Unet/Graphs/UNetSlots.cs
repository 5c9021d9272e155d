namespace WorldModelActors.Models;

/// <summary>
/// Inputs of the network at fixed addresses: a slot for each sample of a batch. A slot's conditioning is copied in when another sample takes
/// it; slots that no sample has hold what was in them last. Owns its tensors.
/// </summary>
internal sealed class UNetSlots : IDisposable
{
    private readonly UNetConditioning?[] _occupants;

    /// <param name="count">Slots.</param>
    /// <param name="like">A sample of the kind that the slots are for.</param>
    /// <param name="latents">Noisy latents [B, C, T, h, w].</param>
    /// <param name="streams">Noisy actions or states [B, horizon, dims].</param>
    /// <param name="timesteps">[B].</param>
    public UNetSlots(int count, UNetConditioning like, Tensor latents, Tensor streams, Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        _occupants = new UNetConditioning?[count];
        var conditioning = like.Slots(count);
        try
        {
            (Latents, Actions, States, Timesteps) = (Zeros(latents), Zeros(streams), Zeros(streams), Zeros(timesteps));
        }
        catch
        {
            conditioning.Dispose();
            throw;
        }

        Conditioning = conditioning;
        foreach (var tensor in new[] { Latents, Actions, States, Timesteps })
        {
            tensor.DetachFromDisposeScope();
        }

        Tensor Zeros(Tensor of) => zeros([count, .. of.shape[1..]], of.dtype, of.device);
    }

    /// <summary>Slots.</summary>
    public int Count => _occupants.Length;

    /// <summary>[slots, C, T, h, w].</summary>
    public Tensor Latents { get; }

    /// <summary>[slots, horizon, dims].</summary>
    public Tensor Actions { get; }

    /// <summary>[slots, horizon, dims].</summary>
    public Tensor States { get; }

    /// <summary>[slots] int64.</summary>
    public Tensor Timesteps { get; }

    /// <summary>Of all slots; every slot has both heads' features.</summary>
    public UNetConditioning Conditioning { get; }

    /// <summary>Times that a conditioning was copied into a slot.</summary>
    public long Copies { get; private set; }

    /// <summary>Puts a batch into its slots.</summary>
    /// <param name="order">Slot of each row.</param>
    /// <param name="latents">[B, C, T, h, w].</param>
    /// <param name="actions">[B, horizon, dims].</param>
    /// <param name="states">[B, horizon, dims].</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="conditions">Of each row.</param>
    public void Fill(SlotOrder order, Tensor latents, Tensor actions, Tensor states, Tensor timesteps, IReadOnlyList<UNetConditioning> conditions)
    {
        using var scope = NewDisposeScope();
        for (var row = 0; row < conditions.Count; row++)
        {
            var slot = order.Slots[row];
            if (!ReferenceEquals(_occupants[slot], conditions[row]))
            {
                // Where a copy fails, nobody is in the slot.
                _occupants[slot] = null;
                conditions[row].CopyTo(Conditioning, slot);
                _occupants[slot] = conditions[row];
                Copies++;
            }
        }

        Put(Latents, latents);
        Put(Actions, actions);
        Put(States, states);
        Put(Timesteps, timesteps);

        void Put(Tensor slots, Tensor rows)
        {
            if (order.IsIdentity)
            {
                slots.narrow(0, 0, rows.size(0)).copy_(rows);
                return;
            }

            for (var row = 0; row < order.Slots.Length; row++)
            {
                slots.narrow(0, order.Slots[row], 1).copy_(rows.narrow(0, row, 1));
            }
        }
    }

    /// <summary>A sample has left: another one may be made where it was.</summary>
    public void Forget(UNetConditioning condition)
    {
        for (var slot = 0; slot < _occupants.Length; slot++)
        {
            if (ReferenceEquals(_occupants[slot], condition))
            {
                _occupants[slot] = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Latents.Dispose();
        Actions.Dispose();
        States.Dispose();
        Timesteps.Dispose();
        Conditioning.Dispose();
    }
}
