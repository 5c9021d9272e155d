namespace WorldModelActors.Rollout;

/// <summary>An <see cref="EmbedObservation"/> that waits: one item.</summary>
internal sealed class EmbedderRequest(EmbedObservation message, IObservationEmbedding device) : PendingRequest(message, 1)
{
    private EmbeddedObservation _result;

    public EmbedObservation Observation => message;

    public override string Episode => message.Episode;

    public override int Iteration => message.Iteration;

    public override bool IsAwaited => true;

    public override string Shape { get; } = string.Join(" ", message.Images.Select(i => $"{i.Shape} {i.Dtype}"));

    public override string Describe(int items) => $"embed the observation of iteration {message.Iteration}";

    public void Set(EmbeddedObservation result)
    {
        _result = result;
        Fault ??= result.Fault;
    }

    public override void Complete()
    {
        if (!message.Images.All(device.IsLent))
        {
            // The episode has ended meanwhile and nobody would free the features.
            Fail(new OperationCanceledException($"episode {Episode} has released its observation"));
            return;
        }
        message.ReplyTo.Tell(_result.Features!);
    }

    public override void Fail(Exception cause)
    {
        Abandon();
        message.ReplyTo.Tell(Reply<ObservationEmbedded>.Failed(cause));
    }

    public override void Abandon()
    {
        device.Discard(_result);
        _result = default;
    }
}

/// <summary>An embedded observation.</summary>
/// <param name="Features">Its features.</param>
/// <param name="Fault">Instead: what is wrong with it.</param>
internal readonly record struct EmbeddedObservation(ObservationEmbedded? Features, Exception? Fault = null);

/// <summary>What a ClipEmbedder needs of its device.</summary>
internal interface IObservationEmbedding
{
    /// <summary>Embeds observations in one call of each network.</summary>
    /// <returns>The results in the same order.</returns>
    IReadOnlyList<EmbeddedObservation> Embed(IReadOnlyList<EmbedObservation> observations);

    /// <summary>False when a handle was released: its owner is gone.</summary>
    bool IsLent(LatentHandle handle);

    /// <summary>Frees what nobody gets.</summary>
    void Discard(EmbeddedObservation observation);
}
