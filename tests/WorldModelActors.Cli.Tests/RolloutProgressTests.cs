using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Cli.Tests;

public sealed class RolloutProgressTests
{
    private readonly Clock _clock = new();
    private readonly List<string> _notes = [];
    private readonly RolloutProgress _progress;

    public RolloutProgressTests()
    {
        _progress = new RolloutProgress(["a", "b", "k", "l"], _clock, () => []);
        _progress.Noted += _notes.Add;
    }

    [Fact]
    public void Episodes_that_run_at_once_stand_side_by_side()
    {
        _progress.EpisodeStarted(Plan("b", 4));
        _progress.EpisodeStarted(Plan("a", 2));
        _progress.IterationStarted("b", 1);
        _progress.StepDone("b", 1, SamplingPhase.World, 3, 6);
        _progress.FramesWritten("b", 16);

        var now = _progress.Snapshot();

        Assert.Equal(["a", "b"], now.Running.Select(e => e.Id));
        Assert.Equal(("starting", 1, 0.0), (now.Running[0].Phase, now.Running[0].Iteration, now.Running[0].Fraction));
        var b = now.Running[1];
        Assert.Equal((2, 4, "world model", 3, 6, 16), (b.Iteration, b.Iterations, b.Phase, b.Step, b.Steps, b.Frames));
        // Three and a half of eight calls.
        Assert.Equal(3.5 / 8, b.Fraction);
        Assert.Equal(3.5 / 8 / 4, now.Fraction);
    }

    [Fact]
    public void What_is_left_follows_from_what_was_done_and_kept_episodes_count_as_neither()
    {
        _progress.EpisodeKept("k");
        _progress.EpisodeKept("l");
        _progress.EpisodeStarted(Plan("a", 2));
        _clock.Now = 30;
        _progress.FramesWritten("a", 60);
        _progress.EpisodeEnded(Result("a"));

        var now = _progress.Snapshot();

        Assert.Empty(now.Running);
        Assert.Equal((4, 3, 0.5), (now.Episodes, now.Ended, now.Fraction));
        Assert.Equal(TimeSpan.FromSeconds(30), now.Remaining);
        Assert.Equal(2, now.FramesPerSecond);
    }

    [Fact]
    public void A_completed_iteration_is_a_line_of_its_own_episode()
    {
        _progress.EpisodeStarted(Plan("a", 2));
        _progress.EpisodeStarted(Plan("b", 7));
        _clock.Now = 10;
        _progress.IterationCompleted("a", 0, new PhaseTimes { World = TimeSpan.FromSeconds(2) });

        Assert.StartsWith("a: iteration 1/2 (embed 0.000, policy 0.000, world model 2.00, decode 0.000 s), 1:10 left", _notes[^1]);
    }

    [Theory]
    [InlineData(SamplingPhase.Policy, 2, "policy", 2)]
    [InlineData(SamplingPhase.Policy, 6, "world model", 0)]
    [InlineData(SamplingPhase.World, 5, "world model", 5)]
    [InlineData(SamplingPhase.World, 6, "decoding", 6)]
    public void A_phase_ends_with_its_last_step(SamplingPhase phase, int step, string shown, int shownStep)
    {
        _progress.EpisodeStarted(Plan("a", 2));
        _progress.StepDone("a", 0, phase, step, 6);

        var episode = Assert.Single(_progress.Snapshot().Running);
        Assert.Equal((shown, shownStep), (episode.Phase, episode.Step));
        Assert.Equal(((phase == SamplingPhase.World ? 1 : 0) + (step / 6.0)) / 4, episode.Fraction, 12);
    }

    [Fact]
    public void An_episode_that_starts_anew_is_a_line_with_the_cause()
    {
        _progress.EpisodeStarted(Plan("a", 4));
        _progress.EpisodeRestarting("a", 2, new RolloutException("the writer\nfailed"));

        Assert.Equal("a: failed (the writer; failed), starts anew from iteration 3", _notes[^1]);
        Assert.Single(_progress.Snapshot().Running);
    }

    [Fact]
    public void Before_anything_has_begun_it_is_empty()
    {
        var now = _progress.Snapshot();

        Assert.Equal((0, 0.0, TimeSpan.Zero, null), (now.Running.Count, now.Fraction, now.Elapsed, now.Remaining));
    }

    private static EpisodePlan Plan(string id, int iterations) =>
        new() { Id = id, Instruction = "push", FrameRateCondition = 1, ActionDim = 2, StateDim = 2, Iterations = iterations };

    private static EpisodeResult Result(string id) =>
        new(id, EpisodeStatus.Completed, 1, 1, 1, [], [], new PhaseTimes(), TimeSpan.Zero, null);

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }
}
