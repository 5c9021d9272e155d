namespace WorldModelActors.Sampling;

/// <summary>
/// DDIM sampling of the latent together with the action and state streams. <see cref="Step"/> makes one step of a batch of
/// samples that may differ in everything but their shapes; samples join and leave between steps.
/// <see cref="Sample"/> runs one sample to its end.
/// </summary>
public static class DdimSampler
{
    /// <summary>Runs a sample to its end and hands over its result, which the caller owns.</summary>
    /// <param name="sample">The sample; used up by success, untouched beyond its last whole step otherwise.</param>
    /// <param name="network">The network.</param>
    /// <param name="onStep">Called after every step.</param>
    /// <param name="cancellationToken">Heeded between steps.</param>
    public static SampleResult Sample<TCondition>(
        SampleState<TCondition> sample,
        Denoise<TCondition> network,
        Action<DenoisingStep>? onStep = null,
        CancellationToken cancellationToken = default)
    {
        Action<SampleState<TCondition>, DenoisingStep>? observer = onStep is null ? null : (_, step) => onStep(step);
        while (!sample.IsFinished)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step([sample], network, observer);
        }

        return sample.Finish();
    }

    /// <summary>
    /// One denoising step of every sample in <paramref name="batch"/>: the network on all of them, the network again on the
    /// unconditional conditions of those with guidance, fresh noise, the update. A step that throws leaves every sample as it
    /// was, so that it can be repeated, in any batch, with the same noise (of a sequential source too).
    /// </summary>
    /// <param name="batch">Unfinished samples on one device, of equal shapes and one parameterization.</param>
    /// <param name="network">The network.</param>
    /// <param name="observer">Called for every sample after its step was computed and before it is taken over.</param>
    /// <param name="joinGuidance">
    /// The unconditional rows go into the same call of the network, behind the conditional ones: a sample with guidance then takes two
    /// rows of one call instead of one row of two.
    /// </param>
    /// <exception cref="SamplingException">The samples do not fit together, or the network's output does not fit them.</exception>
    public static void Step<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch,
        Denoise<TCondition> network,
        Action<SampleState<TCondition>, DenoisingStep>? observer = null,
        bool joinGuidance = false)
    {
        RequireCompatible(batch);
        using var scope = NewDisposeScope();
        var latents = Cat(batch, sample => sample.Latent);
        var prediction = Predict(batch, latents, network, joinGuidance);
        var parameterization = batch[0].Schedule.Noise.Options.Parameterization;
        var (previous, x0) = DdimStepper.StepLatent(
            latents, prediction.Latents, DrawNoise(batch), Cat(batch, sample => sample.LatentCoefficients()), parameterization);
        var actions = StepStream(batch, PredictedStreams.Action, prediction.Actions, sample => sample.Action);
        var states = StepStream(batch, PredictedStreams.State, prediction.States, sample => sample.State);

        // A row of a batch is copied out, so that a sample does not keep the batch's memory alive.
        var rows = new Tensor[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            rows[i] = batch.Count == 1 ? previous : previous.narrow(0, i, 1).clone();
        }

        if (observer is not null)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var sample = batch[i];
                observer(sample, new DenoisingStep(
                    sample.Step, sample.StepCount, sample.Timestep, sample.Latent, sample.Action, sample.State,
                    prediction.Latents.narrow(0, i, 1), prediction.Actions[i], prediction.States[i],
                    x0.narrow(0, i, 1), rows[i], actions[i], states[i]));
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Advance(rows[i], actions[i], states[i]);
        }
    }

    private static Prediction Predict<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch, Tensor latents, Denoise<TCondition> network, bool joinGuidance)
    {
        var guided = batch.Where(sample => sample.Guidance is not null).ToArray();
        var conditions = batch.Select(sample => sample.Condition).ToList();
        if (guided.Length == 0)
        {
            return Run(batch, latents, network, conditions);
        }

        var unconditions = guided.Select(sample => sample.Guidance!.Unconditional).ToList();
        Prediction conditional, unconditional;
        if (joinGuidance)
        {
            SampleState<TCondition>[] rows = [.. batch, .. guided];
            var both = Run(rows, Cat(rows, sample => sample.Latent), network, [.. conditions, .. unconditions]);
            conditional = both.Part(0, batch.Count);
            unconditional = both.Part(batch.Count, guided.Length);
        }
        else
        {
            conditional = Run(batch, latents, network, conditions);
            unconditional = Run(
                guided, guided.Length == batch.Count ? latents : Cat(guided, sample => sample.Latent), network, unconditions);
        }

        var predictions = new Tensor[batch.Count];
        for (int i = 0, k = 0; i < batch.Count; i++)
        {
            predictions[i] = conditional.Latents.narrow(0, i, 1);
            if (batch[i].Guidance is { } guidance)
            {
                // Sample by sample: a reduction over a batch may sum in another order than one over a single sample.
                predictions[i] = Combine(predictions[i], unconditional.Latents.narrow(0, k, 1))!;
                conditional.Actions[i] = Combine(conditional.Actions[i], unconditional.Actions[k]);
                conditional.States[i] = Combine(conditional.States[i], unconditional.States[k]);
                k++;

                Tensor? Combine(Tensor? c, Tensor? u) =>
                    c is null || u is null ? null : Guidance.Combine(c, u, guidance.Scale, guidance.Rescale);
            }
        }

        return conditional with { Latents = predictions.Length == 1 ? predictions[0] : cat(predictions) };
    }

    private static Prediction Run<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch,
        Tensor latents,
        Denoise<TCondition> network,
        IReadOnlyList<TCondition> conditions)
    {
        var output = network(new DenoiserInput<TCondition>(
            latents,
            Cat(batch, sample => sample.Action),
            Cat(batch, sample => sample.State),
            Cat(batch, sample => sample.TimestepRow()),
            conditions,
            batch.Select(sample => sample.Streams).ToArray()));
        RequireOutput("prediction", output.Prediction.shape, latents.shape);
        return new Prediction(
            output.Prediction.to(ScalarType.Float32),
            HeadRows(batch, PredictedStreams.Action, output.ActionNoise, sample => sample.Action),
            HeadRows(batch, PredictedStreams.State, output.StateNoise, sample => sample.State));
    }

    /// <summary>The head's output of every sample that follows the stream, null for the others.</summary>
    private static Tensor?[] HeadRows<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch,
        PredictedStreams stream,
        Tensor? output,
        Func<SampleState<TCondition>, Tensor> current)
    {
        var rows = new Tensor?[batch.Count];
        var followers = batch.Count(sample => sample.Follows(stream));
        if (followers == 0)
        {
            return rows;
        }

        if (output is null)
        {
            var sample = batch.First(s => s.Follows(stream));
            throw new SamplingException($"sample {sample.Id} follows the {stream} stream, but the network predicted none");
        }

        var whole = output.shape[0] == batch.Count;
        var expected = (long[])current(batch[0]).shape.Clone();
        expected[0] = whole ? batch.Count : followers;
        RequireOutput($"{stream} noise", output.shape, expected);
        for (int i = 0, k = 0; i < batch.Count; i++)
        {
            if (batch[i].Follows(stream))
            {
                var row = whole ? i : k;
                rows[i] = expected[0] == 1 ? output : output.narrow(0, row, 1);
                k++;
            }
        }

        return rows;
    }

    private static Tensor?[] StepStream<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch,
        PredictedStreams stream,
        Tensor?[] noises,
        Func<SampleState<TCondition>, Tensor> current)
    {
        var next = new Tensor?[batch.Count];
        var followers = batch.Where(sample => sample.Follows(stream)).ToArray();
        if (followers.Length == 0)
        {
            return next;
        }

        var noise = noises.OfType<Tensor>().ToArray();
        var (previous, _) = DdimStepper.StepHead(
            Cat(followers, current),
            noise.Length == 1 ? noise[0] : cat(noise),
            Cat(followers, sample => sample.HeadCoefficients()));
        for (int i = 0, k = 0; i < batch.Count; i++)
        {
            if (batch[i].Follows(stream))
            {
                next[i] = followers.Length == 1 ? previous : previous.narrow(0, k, 1).clone();
                k++;
            }
        }

        return next;
    }

    private static Tensor? DrawNoise<TCondition>(IReadOnlyList<SampleState<TCondition>> batch)
    {
        var draws = new Tensor?[batch.Count];
        var any = false;
        for (var i = 0; i < batch.Count; i++)
        {
            draws[i] = batch[i].DrawStepNoise();
            any |= draws[i] is not null;
        }

        if (!any)
        {
            return null;
        }

        return draws.Length == 1 ? draws[0] : cat(draws.Select((draw, i) => draw ?? zeros_like(batch[i].Latent)).ToArray());
    }

    private static Tensor Cat<TCondition>(
        IReadOnlyList<SampleState<TCondition>> batch, Func<SampleState<TCondition>, Tensor> part) =>
        batch.Count == 1 ? part(batch[0]) : cat(batch.Select(part).ToArray());

    private static void RequireCompatible<TCondition>(IReadOnlyList<SampleState<TCondition>> batch)
    {
        if (batch.Count == 0)
        {
            throw new ArgumentException("a step needs at least one sample", nameof(batch));
        }

        var first = batch[0];
        for (var i = 0; i < batch.Count; i++)
        {
            var sample = batch[i];
            sample.RequireSteppable();
            if (!sample.Device.Equals(first.Device)
                || sample.Schedule.Noise.Options.Parameterization != first.Schedule.Noise.Options.Parameterization
                || !sample.Latent.shape.AsSpan().SequenceEqual(first.Latent.shape)
                || !sample.Action.shape.AsSpan().SequenceEqual(first.Action.shape)
                || !sample.State.shape.AsSpan().SequenceEqual(first.State.shape))
            {
                throw new SamplingException(
                    $"samples {first.Id} and {sample.Id} cannot share a step: device, parameterization or shapes differ");
            }

            for (var j = 0; j < i; j++)
            {
                if (ReferenceEquals(batch[j], sample))
                {
                    throw new ArgumentException($"sample {sample.Id} is in the batch twice", nameof(batch));
                }
            }
        }
    }

    private static void RequireOutput(string what, ReadOnlySpan<long> found, ReadOnlySpan<long> expected)
    {
        if (!found.SequenceEqual(expected))
        {
            throw new SamplingException(
                $"the network's {what} has shape [{string.Join(", ", found.ToArray())}], expected " +
                $"[{string.Join(", ", expected.ToArray())}]");
        }
    }

    /// <summary>A network output after guidance: latents [B, C, T, h, w] and the heads' rows [1, horizon, dims] by sample.</summary>
    private sealed record Prediction(Tensor Latents, Tensor?[] Actions, Tensor?[] States)
    {
        /// <summary>The outputs of some rows in a row.</summary>
        public Prediction Part(int first, int count) => new(
            Latents.narrow(0, first, count), Actions.AsSpan(first, count).ToArray(), States.AsSpan(first, count).ToArray());
    }
}
