namespace WorldModelActors.Rollout;

/// <summary>Decoding.</summary>
internal sealed partial class SynthesisRuntime : IFrameDecoding
{
    /// <inheritdoc/>
    public IReadOnlyList<DecodedFrame> Decode(IReadOnlyList<FrameToDecode> frames)
    {
        if (FirstOf(frames.Count) is var first && first < frames.Count)
            return Together(Decode([.. frames.Take(first)]), () => Decode([.. frames.Skip(first)]), Discard);
        using var scope = NewDisposeScope();
        using var samples = SampleScope.Of(frames.Count);
        var runs = Runs(frames).ToList();
        // [N, 4, h, w] -> [N, 3, H, W]
        var latents = runs.Count == 1 ? runs[0] : cat(runs, 0);
        var decoded = _decode is null ? Decode(latents)[0] : _decode.Run(latents)[0];
        var finite = Finite.Rows(decoded);
        var pictures = FramePictures.FromTensor(decoded);
        var results = new DecodedFrame[frames.Count];
        try
        {
            for (var i = 0; i < frames.Count; i++)
            {
                var (request, number) = frames[i];
                results[i] = new DecodedFrame(pictures[i], null);
                if (!finite[i])
                {
                    pictures[i].Dispose();
                    results[i] = new DecodedFrame(null, null, NotFinite(frames[i], latents[i]));
                }
                else if (request.Urgent)
                {
                    // A copy, so that the observation does not keep the whole batch alive.
                    var origin = new LatentOrigin(request.Owner, Path("observation-decoder"), $"decoded frame {number}");
                    results[i] = results[i] with { Kept = Store.Put(decoded[i].clone(), origin) };
                }
            }
            return results;
        }
        catch
        {
            foreach (var picture in pictures)
                picture.Dispose();
            foreach (var result in results)
                Discard(result);
            throw;
        }
    }

    /// <inheritdoc cref="IFrameDecoding.IsLent"/>
    public bool IsLent(LatentHandle handle) => Store.Holds(handle);

    /// <inheritdoc/>
    public void Discard(DecodedFrame frame)
    {
        frame.Picture?.Dispose();
        if (frame.Kept is { } kept)
            Store.Release(kept);
    }

    private Tensor[] Decode(Tensor latents) => [_model.FirstStage.DecodeScaled(latents)];

    /// <summary>Consecutive frames of one latent [1, 4, T, h, w] together: [n, 4, h, w].</summary>
    private IEnumerable<Tensor> Runs(IReadOnlyList<FrameToDecode> frames)
    {
        for (int first = 0, next; first < frames.Count; first = next)
        {
            var (request, number) = frames[first];
            for (next = first + 1; next < frames.Count && frames[next].Request.Latent == request.Latent && frames[next].Number == number + next - first;)
                next++;
            var latent = Store.Borrow(request.Latent);
            if (latent.dim() != 5 || latent.size(0) != 1 || number < 0 || number + next - first > latent.size(2))
            {
                throw new RolloutException(
                    $"episode {request.Episode}: frames {number} to {number + next - first - 1} are not in the latent {request.Latent}; [1, 4, T, h, w] is needed");
            }
            // Contiguous, so that a run by itself and a run beside others take the same kernels.
            yield return latent.narrow(2, number, next - first).squeeze(0).transpose(0, 1).contiguous();
        }
    }

    private static RolloutException NotFinite(FrameToDecode frame, Tensor latent)
    {
        var (request, number) = frame;
        return Finite.Rows(latent.unsqueeze(0))[0]
            ? new RolloutException($"episode {request.Episode}: decoded frame {number} of the latent {request.Latent} (iteration {request.Iteration}) is not finite")
            : new RolloutException($"episode {request.Episode}: frame {number} of the latent {request.Latent} (iteration {request.Iteration}) is not finite");
    }
}
