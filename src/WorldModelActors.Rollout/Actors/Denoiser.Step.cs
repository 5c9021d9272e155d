using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>The steps, and what becomes of those that fail.</summary>
internal sealed partial class Denoiser
{
    private void Step()
    {
        if (_scheduler.Count == 0)
            return;
        // Twice over: samples that take turns in pairs come in as many pairs as there are samples.
        _conditions.MaxRows = 2L * _scheduler.Rows;
        // By the heads that they read, so that a head's samples follow one another and none has to be copied.
        List<InFlight> batch = [.. _scheduler.Next(_limit.Current).OrderBy(s => s.Request.Streams)];
        TellWaiting(_scheduler.Count - batch.Count + _waiting.Count);
        Advance(batch);
    }

    /// <summary>
    /// One step of every sample of a batch. A call that fails leaves all of them as they were: for lack of memory they are stepped again in
    /// smaller batches, otherwise each half by itself, until the ones are found that fail alone.
    /// </summary>
    private void Advance(List<InFlight> batch)
    {
        var rows = batch.Sum(s => s.Sample.Rows);
        // A guided sample by itself makes two calls of one row where a call of two is too much.
        var rowsOfCall = batch.Count == 1 ? Math.Min(rows, _limit.Current) : rows;
        var start = _clock!.Now();
        long? peak = null;
        try
        {
            var call = _peaks.Begin();
            try
            {
                SynthesisRuntime.Step(batch.ConvertAll(s => s.Sample), _network, joinGuidance: rowsOfCall > 1);
            }
            finally
            {
                peak = _peaks.End(call);
            }
        }
        catch (TorchException e) when (e.IsOutOfMemory)
        {
            FreeMemory();
            _lanes.RanOutOfMemory(Lane.UNet, rowsOfCall);
            // Nobody has made the step, so all keep their place at the head of the line.
            if (!_limit.OutOfMemory(rowsOfCall))
                Fail(batch[0], e);
            return;
        }
        catch (Exception e)
        {
            if (batch.Count == 1)
            {
                Fail(batch[0], e);
                return;
            }
            var half = batch.Count / 2;
            Advance(batch[..half]);
            Advance(batch[half..]);
            return;
        }
        _limit.Succeeded(rowsOfCall, peak);
        _scheduler.Stepped(batch);
        Tell(batch, start, rows, measured: rowsOfCall == rows);
        foreach (var sample in batch)
            Stepped(sample);
    }

    private void Tell(List<InFlight> batch, long start, int rows, bool measured)
    {
        var group = batch[0].Sample.Group;
        var subjects = batch.ConvertAll(s =>
        {
            var spec = s.Request.Spec;
            return new LaneSubject(spec.Plan.Id, spec.Iteration, spec.Phase, s.Sample.State.Step);
        });
        _clock!.Launched(start, (from, seconds) =>
        {
            if (measured)
                _scheduler.Measured(group, rows, seconds);
            _lanes.Worked(Lane.UNet, "denoise", from, subjects.Count, subjects);
        });
    }

    private void Stepped(InFlight sample)
    {
        var (request, conditioned) = sample;
        var state = conditioned.State;
        // Reading the values waits for the device: on CUDA once, at the end, and what is not finite stays so until then.
        if ((state.IsFinished || _runtime.Device.type == DeviceType.CPU) && !conditioned.IsFinite())
        {
            Fail(sample, new SamplingException(
                $"{request.Spec.Name}: values that are not finite after step {state.Step} of {state.StepCount}; check the weights, "
                + "and try --dtype float32 if they run in another type"));
            return;
        }
        _observer.StepDone(request.Spec.Plan.Id, request.Spec.Iteration, request.Spec.Phase, state.Step, state.StepCount);
        if (!state.IsFinished)
            return;
        SampleDenoised result;
        try
        {
            result = _runtime.Finish(request, conditioned);
        }
        catch (Exception e)
        {
            Fail(sample, e);
            return;
        }
        using (conditioned)
            Leave(sample);
        request.ReplyTo.Tell(result);
    }

    private void FreeMemory()
    {
        _conditions.Clear();
        _graphs?.Clear();
        _runtime.FreeCachedMemory();
    }
}
