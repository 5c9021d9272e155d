using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class VideoWriterTests(TinyWorld world)
{
    private static readonly RolloutOptions Quick = new()
    {
        MinRestartBackoff = TimeSpan.Zero,
        MaxRestartBackoff = TimeSpan.Zero,
        Deterministic = true,
        MaxRetries = 2,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The sink fails at one frame: those before it are not written again, it and those after it are.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task FrameThatCouldNotBeWrittenIsWrittenLater(int failingFrame)
    {
        var undisturbed = new MemorySink();
        await Run(undisturbed);
        var failures = 2;
        var attempts = new List<int>();
        var disturbed = new MemorySink(frame =>
        {
            attempts.Add(frame);
            if (frame == failingFrame && failures-- > 0)
                throw new IOException("no space left");
        });
        var result = await Run(disturbed);
        Assert.Equal(EpisodeStatus.Completed, result.Status);
        Assert.Equal(undisturbed.Frames, disturbed.Frames);
        Assert.Equal([.. Enumerable.Range(0, failingFrame), failingFrame, failingFrame, .. Enumerable.Range(failingFrame, 10 - failingFrame)], attempts);
        Assert.Equal(0, result.Restarts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task SinkThatKeepsFailingEndsTheEpisodeWithItsCauseAndKeepsWhatIsWritten(int failingFrame)
    {
        var sink = new MemorySink(frame =>
        {
            if (frame == failingFrame)
                throw new IOException($"no space left for frame {frame}");
        });
        var result = await Run(sink);
        Assert.Equal((EpisodeStatus.Failed, failingFrame), (result.Status, result.Frames));
        Assert.Contains($"no space left for frame {failingFrame}", result.Cause);
        Assert.Equal(failingFrame, sink.Frames.Count);
        Assert.Equal(failingFrame * 16, result.Actions.Length);
        Assert.Empty(result.Leaks);
    }

    [Fact]
    public async Task VideoThatCannotBeFinishedFailsTheEpisode()
    {
        var sink = new MemorySink { OnComplete = () => throw new IOException("the disk is gone") };
        var result = await Run(sink);
        Assert.Equal((EpisodeStatus.Failed, 10), (result.Status, result.Frames));
        Assert.Contains("the disk is gone", result.Cause);
    }

    /// <summary>Frames behind a gap cannot be written; the episode ends nevertheless.</summary>
    [Fact(Timeout = 60_000)]
    public async Task SegmentThatCannotBeDecodedEndsTheEpisode()
    {
        var faults = new ScriptedFaults { Also = (_, message) => message is DecodeFrames { Urgent: false } };
        var sink = new MemorySink();
        var result = await Run(sink, faults);
        Assert.Equal((EpisodeStatus.Failed, 0), (result.Status, result.Frames));
        Assert.Contains("decoding frames failed", result.Cause);
        Assert.Empty(result.Leaks);
    }

    private async Task<EpisodeResult> Run(MemorySink sink, IFaultInjector? faults = null)
    {
        var (tensors, images) = (LiveTensors, Image.LiveImages);
        EpisodeResult result;
        var (plan, start) = TinyWorld.Episode("e", iterations: 2, executeSteps: 5);
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, Quick with { Faults = faults, MaxRestarts = 20 }))
        {
            result = await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
            Assert.Equal(0, node.Store.Count);
        }
        Assert.Equal((tensors, images), (LiveTensors, Image.LiveImages));
        Assert.True(sink.Disposed);
        return result;
    }
}
