namespace WorldModelActors.Models.ChannelsLast;

/// <summary>Holds what a network derives from its weights, until the network is disposed.</summary>
internal sealed class TensorOwner : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Takes a tensor out of its dispose scope and keeps it.</summary>
    public Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors)
        {
            tensor.Dispose();
        }

        _tensors.Clear();
    }
}
