using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// Owns the UNet of one device. Between two denoising steps it handles messages: samples join and leave there. At most
/// <paramref name="maxBatch"/> samples are stepped together; the others wait in order of arrival.
/// </summary>
internal sealed class Denoiser(SynthesisRuntime runtime, int maxBatch, IRolloutObserver observer) : Actor<DenoiserMessage>
{
    private readonly Queue<DenoiseSample> _waiting = new();
    private readonly List<InFlight> _inFlight = [];

    public override ValueTask ReceiveAsync(DenoiserMessage message, IActorContext<DenoiserMessage> context)
    {
        switch (message)
        {
            case DenoiseSample request:
                var idle = _waiting.Count == 0 && _inFlight.Count == 0;
                _waiting.Enqueue(request);
                if (idle)
                    context.Self.Tell(NextStep.Instance);
                break;
            case CancelSamples cancel:
                Cancel(cancel.Episode);
                break;
            case NextStep:
                Admit();
                Step();
                if (_waiting.Count > 0 || _inFlight.Count > 0)
                    context.Self.Tell(NextStep.Instance);
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>A failure costs only the samples that were held: their requesters are told and may ask again.</summary>
    public override ValueTask PreRestartAsync(ActorFailure<DenoiserMessage> failure, IActorContext<DenoiserMessage> context)
    {
        Drop(failure.Cause);
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<DenoiserMessage> context)
    {
        Drop(new OperationCanceledException("the denoiser was stopped"));
        return ValueTask.CompletedTask;
    }

    private void Admit()
    {
        while (_inFlight.Count < maxBatch && _waiting.TryDequeue(out var request))
        {
            try
            {
                _inFlight.Add(new InFlight(request, runtime.Begin(request)));
            }
            catch (Exception e)
            {
                // Its own inputs are at fault: the others go on.
                request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(e));
            }
        }
    }

    private void Step()
    {
        if (_inFlight.Count == 0)
            return;
        runtime.Step(_inFlight.ConvertAll(s => s.Sample));
        for (var i = _inFlight.Count - 1; i >= 0; i--)
        {
            var (request, sample) = _inFlight[i];
            var spec = request.Spec;
            observer.StepDone(spec.Plan.Id, spec.Iteration, spec.Phase, sample.State.Step, sample.State.StepCount);
            if (!sample.State.IsFinished)
                continue;
            _inFlight.RemoveAt(i);
            using (sample)
                request.ReplyTo.Tell(runtime.Finish(request, sample));
        }
    }

    private void Cancel(string episode)
    {
        var cause = new OperationCanceledException($"episode {episode} was cancelled");
        for (var i = _inFlight.Count - 1; i >= 0; i--)
        {
            if (_inFlight[i].Request.Spec.Plan.Id != episode)
                continue;
            var (request, sample) = _inFlight[i];
            _inFlight.RemoveAt(i);
            sample.Dispose();
            request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
        }
        for (var n = _waiting.Count; n > 0; n--)
        {
            var request = _waiting.Dequeue();
            if (request.Spec.Plan.Id == episode)
            {
                runtime.Release(request.Inputs);
                request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
            }
            else
            {
                _waiting.Enqueue(request);
            }
        }
    }

    private void Drop(Exception cause)
    {
        foreach (var (request, sample) in _inFlight)
        {
            sample.Dispose();
            request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
        }
        _inFlight.Clear();
        while (_waiting.TryDequeue(out var request))
        {
            runtime.Release(request.Inputs);
            request.ReplyTo.Tell(Reply<SampleDenoised>.Failed(cause));
        }
    }

    private sealed record InFlight(DenoiseSample Request, ConditionedSample Sample);
}
