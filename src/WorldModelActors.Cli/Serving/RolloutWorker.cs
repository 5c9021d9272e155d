using WorldModelActors.Engine;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Runs the episodes of a store on this process's devices.</summary>
/// <param name="node">The node's own settings: devices, batching, engine.</param>
/// <param name="pool">The models.</param>
/// <param name="recorders">Where recorders hear of iterations.</param>
internal sealed class RolloutWorker(WmaSettings node, ModelPool pool, RecorderGroup recorders) : IEpisodeWorker
{
    /// <inheritdoc/>
    public async Task<EpisodeResultFiles?> RunAsync(EpisodeAssignment assignment, CancellationToken stop)
    {
        var spec = assignment.Spec;
        var settings = SettingsOf(spec);
        if (assignment.Drain.IsCancellationRequested)
        {
            return null;
        }

        var prompts = PromptDirectory.Open(spec.Prompts, spec.Dataset);
        var row = EpisodePrompt.Select(prompts, [spec.PromptName], [spec.FrameStride])[0].Row;
        var prompt = new EpisodePrompt(spec.NoiseName, row, spec.FrameStride);
        var loan = await pool.BorrowAsync(settings, stop).ConfigureAwait(false);
        await using (loan.ConfigureAwait(false))
        {
            var (height, width) = loan.Model.Configuration.Options.ImageSize;
            using var observation = PreparedObservation.Load(prompts, row, spec.FrameStride, height, width);
            var plan = settings.ToPlan(prompt, observation.ActionWidth, observation.StateWidth) with
            {
                // Two episodes of one prompt may run at the same time.
                Id = $"{assignment.Claim.Name} {assignment.Claim.EpisodeId[..6]}",
                NoiseName = spec.NoiseName,
            };
            Check(plan, assignment.Claim, loan.Model.Configuration.Options.UNet.TemporalLength);
            IReadOnlyList<IterationCommit> commits = [];
            var device = loan.Model.Model.Device.ToString();
            if (assignment.Point.Next < plan.Iterations)
            {
                var ended = await ImagineAsync(assignment, loan, plan, observation, settings, stop).ConfigureAwait(false);
                if (ended is not var (result, made))
                {
                    return null;
                }

                (commits, device) = (made, result.Device);
            }

            var results = new EpisodeResultWriter(assignment, commits, settings.Media.ToVideoOptions());
            return await results.WriteAsync(new EpisodeDrafts(loan.Model, prompts, settings), prompt, observation, plan, device, stop).ConfigureAwait(false);
        }
    }

    /// <exception cref="EpisodeRefusedException">No node could run it.</exception>
    private static void Check(EpisodePlan plan, Claim claim, int framesPerPrediction)
    {
        try
        {
            plan.Validate(framesPerPrediction);
        }
        catch (RolloutException cause)
        {
            throw new EpisodeRefusedException(cause.Message, cause);
        }

        if (plan.Iterations != claim.Iterations)
        {
            var message = $"episode {claim.EpisodeId}: planned with {claim.Iterations} iterations, but its settings say {plan.Iterations}";
            throw new EpisodeRefusedException(message, new InvalidOperationException(message));
        }
    }

    /// <summary>Imagines what is left. Null where the episode stopped before its end because the node drains.</summary>
    private async Task<(EpisodeResult Result, IReadOnlyList<IterationCommit> Commits)?> ImagineAsync(
        EpisodeAssignment assignment, ModelLoan loan, EpisodePlan plan, PreparedObservation observation, WmaSettings settings, CancellationToken stop)
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var recorder = new EpisodeRecorder(assignment, plan, settings.Media.Fps, run, TimeProvider.System);
        var start = new EpisodeStart(observation.Image.Values.ToArray(), observation.States.Row(PreparedObservation.ObservationSteps - 1).ToArray());
        var request = new EpisodeRequest(plan, start, new PhiloxNoise(), recorder)
        {
            Journal = recorder,
            Resume = ObservationArrays.Read(assignment.Claim.EpisodeId, assignment.Point),
        };
        recorders.Add(plan.Id, recorder);
        EpisodeResult result;
        try
        {
            using var drain = assignment.Drain.Register(recorder.Drain);
            result = await loan.Node.RunAsync(request, run.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ActorSystemFailedException or EngineException || (failure is RolloutException && !stop.IsCancellationRequested))
        {
            loan.Break();
            throw IsPoisoned(failure) ? new NodeUnusableException($"the device cannot compute any more ({UserErrors.Describe(failure)}); start this node again", failure) : failure;
        }
        finally
        {
            recorders.Remove(plan.Id);
        }

        recorder.ThrowIfFailed();
        switch (result.Status)
        {
            case EpisodeStatus.Failed:
                throw new RolloutException(result.Cause ?? "the episode failed");
            case EpisodeStatus.Cancelled:
                stop.ThrowIfCancellationRequested();
                return null;
            default:
                return (result, recorder.Commits);
        }
    }

    /// <summary>What decides the frames comes from the episode, how they are computed from the node.</summary>
    /// <exception cref="EpisodeRefusedException">The episode's settings are wrong.</exception>
    private WmaSettings SettingsOf(EpisodeSpec spec)
    {
        var overrides = new SettingOverrides();
        foreach (var (key, value) in spec.Settings)
        {
            overrides.Set(key, "the episode's spec", value);
        }

        try
        {
            var settings = WmaSettings.Load([overrides.ToConfig()]);
            return settings with
            {
                Device = node.Device with { Dtype = settings.Device.Dtype },
                Batching = node.Batching,
                Telemetry = node.Telemetry,
                Engine = node.Engine,
                Store = node.Store,
                Node = node.Node,
            };
        }
        catch (HoconException cause)
        {
            throw new EpisodeRefusedException(cause.Message, cause);
        }
    }

    /// <summary>After an error of this kind every further call of CUDA fails in this process.</summary>
    private static bool IsPoisoned(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is TorchException { IsOutOfMemory: false } && cause.Message.Contains("CUDA error", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
