namespace WorldModelActors.Rollout;

/// <summary>Embedding.</summary>
internal sealed partial class SynthesisRuntime : IObservationEmbedding
{
    /// <inheritdoc/>
    public IReadOnlyList<EmbeddedObservation> Embed(IReadOnlyList<EmbedObservation> observations)
    {
        if (FirstOf(observations.Count) is var first && first < observations.Count)
            return Together(Embed([.. observations.Take(first)]), () => Embed([.. observations.Skip(first)]), Discard);
        using var scope = NewDisposeScope();
        using var samples = SampleScope.Of(observations.Count);
        // [B, 3, n, H, W] and [B, n, 16].
        var images = stack(observations.Select(Images).ToArray(), 0);
        var states = tensor(
            observations.SelectMany(States).ToArray(), [observations.Count, _shape.ObservationSteps, _shape.PaddedDim], device: _model.Device);
        using var features = ObservationFeatureSet.Of(_embed is null ? Embed(images, states) : _embed.Run(images, states));
        var finite = features.FiniteRows();
        var results = new EmbeddedObservation[observations.Count];
        try
        {
            for (var i = 0; i < results.Length; i++)
            {
                var (episode, iteration) = (observations[i].Episode, observations[i].Iteration);
                results[i] = finite[i]
                    ? new EmbeddedObservation(Put(observations[i], features, i))
                    : new EmbeddedObservation(null, new RolloutException($"episode {episode}: the features of the observation of iteration {iteration} are not finite"));
            }
            return results;
        }
        catch
        {
            foreach (var result in results)
                Discard(result);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Discard(EmbeddedObservation observation)
    {
        foreach (var handle in observation.Features?.Handles ?? [])
            Store.Release(handle);
    }

    private Tensor[] Embed(Tensor images, Tensor states)
    {
        using var features = ObservationFeatureSet.Compute(_model, images, states);
        return [.. features.Tensors.Select(tensor => tensor.alias())];
    }

    /// <summary>Two parts of a batch; where the second one fails, the first one's results are thrown away.</summary>
    private static IReadOnlyList<T> Together<T>(IReadOnlyList<T> results, Func<IReadOnlyList<T>> more, Action<T> discard)
    {
        try
        {
            return [.. results, .. more()];
        }
        catch
        {
            foreach (var result in results)
                discard(result);
            throw;
        }
    }

    private ObservationEmbedded Put(EmbedObservation request, ObservationFeatureSet features, int row)
    {
        List<LatentHandle> put = [];
        try
        {
            // Copies, so that one observation does not keep the whole batch alive.
            LatentHandle Put(Tensor values, string what)
            {
                put.Add(Store.Put(
                    values.narrow(0, row, 1).clone(),
                    new LatentOrigin(request.Owner, Path("clip-embedder"), $"{what} of iteration {request.Iteration}")));
                return put[^1];
            }
            return new ObservationEmbedded(
                Put(features.Tokens.ImageTokens, "image tokens"),
                Put(features.Tokens.StateTokens, "state tokens"),
                Put(features.PosteriorMean, "posterior mean"),
                Put(features.PosteriorStd, "posterior deviation"),
                Put(features.Heads.Action!, "action head features"),
                Put(features.Heads.State!, "state head features"));
        }
        catch
        {
            put.ForEach(Store.Release);
            throw;
        }
    }

    /// <summary>The observed images [3, n, H, W].</summary>
    private Tensor Images(EmbedObservation request)
    {
        if (request.Images.Count != _shape.ObservationSteps)
            throw new RolloutException($"episode {request.Episode}: an observation of {request.Images.Count} images, the model takes {_shape.ObservationSteps}");
        return stack(request.Images.Select(Store.Borrow).ToArray(), 1);
    }

    /// <summary>The observed states [n, 16].</summary>
    private float[] States(EmbedObservation request) => request.States.Length == _shape.ObservationSteps * _shape.PaddedDim
        ? request.States
        : throw new RolloutException(
            $"episode {request.Episode}: an observation of {request.States.Length} state values, the model takes {_shape.ObservationSteps} x {_shape.PaddedDim}");
}
