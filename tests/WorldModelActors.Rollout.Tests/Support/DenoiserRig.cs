using System.Collections.Concurrent;
using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// A Denoiser of its own. Its first step waits until <see cref="Open"/>, so that a test decides who shares the second one.
/// </summary>
internal sealed class DenoiserRig : IRolloutObserver, IAsyncDisposable
{
    private readonly ActorSystem _system = ActorEngines.FromEnvironment.Start(new ActorSystemOptions());
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="demo">The model.</param>
    /// <param name="options">Null: batching.</param>
    /// <param name="fault">Called before the network with what it gets; may throw.</param>
    /// <param name="spoil">Called with what the network made.</param>
    /// <param name="graphs">Recordings of the network; null: none.</param>
    public DenoiserRig(
        DemoModel demo,
        RolloutOptions? options = null,
        Action<DenoiserInput<UNetConditioning>>? fault = null,
        Action<DenoiserInput<UNetConditioning>, DenoiserOutput>? spoil = null,
        Func<UNetGraphs?>? graphs = null)
    {
        Bench = new SampleBench(demo);
        Denoise<UNetConditioning> Around(Denoise<UNetConditioning> network) => input =>
        {
            _entered.TrySetResult();
            _gate.Wait(TestContext.Current.CancellationToken);
            Calls.Enqueue(input.Conditions.Count);
            fault?.Invoke(input);
            var output = network(input);
            spoil?.Invoke(input, output);
            return output;
        };
        Denoiser = _system.Spawn(
            ActorProps.Create<DenoiserMessage>(() => new Denoiser(
                Bench.Runtime,
                options ?? new RolloutOptions(),
                this,
                new LaneRecorder(this, TimeProvider.System, "cpu"),
                new PeakMeter(CPU),
                Around,
                () => new Everybody(),
                graphs)) with
            {
                Thread = ActorThread.Dedicated,
                Supervision = SupervisionStrategy.Restart(TimeSpan.Zero, TimeSpan.Zero, 10, TimeSpan.FromMinutes(1)),
            },
            "denoiser");
    }

    public SampleBench Bench { get; }

    public IActorRef<DenoiserMessage> Denoiser { get; }

    /// <summary>Rows of every call of the network.</summary>
    public ConcurrentQueue<int> Calls { get; } = new();

    public ConcurrentQueue<LaneSpan> Spans { get; } = new();

    public ConcurrentQueue<string> Steps { get; } = new();

    public Action<string>? OnStep { get; set; }

    /// <summary>The first sample; returns when its first step has begun and waits.</summary>
    public async Task<Task<Reply<SampleDenoised>>> Start(DenoiseSample request)
    {
        var reply = Send(request);
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        return reply;
    }

    public Task<Reply<SampleDenoised>> Send(DenoiseSample request) => Denoiser.Ask<Reply<SampleDenoised>>(
        r => request with { ReplyTo = r }, Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);

    /// <summary>The steps go on.</summary>
    public void Open() => _gate.Set();

    /// <summary>The values of an answer, whose latent is given back.</summary>
    public (float[] Latent, float[] Stream) Take(Reply<SampleDenoised> reply)
    {
        Assert.Null(reply.Failure);
        using var scope = NewDisposeScope();
        var latent = Bench.Runtime.Store.Borrow(reply.Value!.Latent).contiguous().data<float>().ToArray();
        Bench.Runtime.Store.Release(reply.Value.Latent);
        return (latent, reply.Value.Actions ?? reply.Value.States!);
    }

    /// <summary>The values that the same request gives by itself, outside of any actor.</summary>
    public (float[] Latent, float[] Stream) Alone(int prompt, SamplingPhase phase, Func<EpisodePlan, EpisodePlan> change, WmaUNet network)
    {
        using var sample = Bench.Begin(prompt, phase, change);
        using var result = DdimSampler.Sample(
            sample.State, input => ConditionedSample.Network(network, input), cancellationToken: TestContext.Current.CancellationToken);
        return (result.Latent.data<float>().ToArray(), (phase == SamplingPhase.Policy ? result.Action : result.State).data<float>().ToArray());
    }

    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
    {
        Steps.Enqueue($"{episode} {step}/{steps}");
        OnStep?.Invoke($"{episode} {step}/{steps}");
    }

    public void LaneWorked(in LaneSpan span) => Spans.Enqueue(span);

    public async ValueTask DisposeAsync()
    {
        _gate.Set();
        await _system.DisposeAsync();
        _gate.Dispose();
        Bench.Dispose();
    }

    /// <summary>All that wait.</summary>
    private sealed class Everybody : IDenoiseBatchSize
    {
        public int Choose(int available) => available;

        public void Record(int rows, double seconds)
        {
        }
    }
}
