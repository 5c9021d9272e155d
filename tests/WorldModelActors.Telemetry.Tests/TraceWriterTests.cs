using FsCheck;
using FsCheck.Fluent;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry.Tests;

public sealed class TraceWriterTests
{
    private readonly TestClock _clock = new() { Now = 1000 };
    private readonly KeptStream _output = new();

    [Fact]
    public async Task Spans_carry_lane_device_time_and_everyone_they_were_for()
    {
        await using (var trace = TraceWriter.To(_output, _clock))
        {
            trace.LaneWorked(Spans.Of(Lane.UNet, 1500, 1750, "cuda:1", 2, Spans.Sample("a \"b\"", 3, SamplingPhase.Policy, 7), Spans.Sample("c", 0, SamplingPhase.World, 16)));
            trace.LaneWorked(Spans.Of(Lane.Write, 1600, 1601, subjects: new LaneSubject("c", 0)));
        }

        var events = TraceText.Parse(_output.Text);
        var spans = events.Of("X").ToList();
        var step = spans[0];
        Assert.Equal(("denoise", 500.0, 250.0), (step.Name(), (double)step["ts"]!, (double)step["dur"]!));
        Assert.Equal(("cuda:1", "UNet"), (events.NameOfProcess(step), events.NameOfThread(step)));
        Assert.Equal(2, (int)step["args"]!["items"]!);
        var subjects = step["args"]!["subjects"]!.AsArray();
        Assert.Equal("""{"episode":"a \"b\"","iteration":3,"phase":"policy","step":7}""", subjects[0]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(("c", 0, "world", 16), ((string)subjects[1]!["episode"]!, (int)subjects[1]!["iteration"]!, (string)subjects[1]!["phase"]!, (int)subjects[1]!["step"]!));
        Assert.Equal(("host", "write"), (events.NameOfProcess(spans[1]), events.NameOfThread(spans[1])));
        Assert.Null(spans[1]["args"]!["subjects"]![0]!["step"]);
    }

    [Fact]
    public async Task Episodes_and_iterations_are_spans_that_begin_and_end()
    {
        await using (var trace = TraceWriter.To(_output, _clock))
        {
            trace.EpisodeStarted(Spans.Plan("a"));
            trace.IterationStarted("a", 0);
            _clock.Now = 1100;
            trace.IterationCompleted("a", 0, new PhaseTimes());
            // Cancelled in its second iteration.
            trace.IterationStarted("a", 1);
            _clock.Now = 1300;
            trace.EpisodeEnded(Spans.Result("a", EpisodeStatus.Cancelled));
        }

        var events = TraceText.Parse(_output.Text).Where(e => (string)e["ph"]! is "b" or "e").ToList();
        Assert.All(events, e => Assert.Equal("a", (string)e["id"]!));
        Assert.Equal(
            [("b", "a", 0.0), ("b", "iteration 0", 0), ("e", "iteration 0", 100), ("b", "iteration 1", 100), ("e", "iteration 1", 300), ("e", "a", 300)],
            events.Select(e => ((string)e["ph"]!, e.Name(), (double)e["ts"]!)));
        Assert.Equal("Cancelled", (string)events[^1]["args"]!["status"]!);
    }

    [Fact]
    public async Task An_episode_that_starts_anew_is_a_mark_with_the_cause()
    {
        await using (var trace = TraceWriter.To(_output, _clock))
            trace.EpisodeRestarting("a", 2, new IOException("gone"));

        var mark = TraceText.Parse(_output.Text).Of("i").Single();
        Assert.Equal(("episode starts anew", "a", 2, "gone"), (mark.Name(), (string)mark["args"]!["episode"]!, (int)mark["args"]!["iteration"]!, (string)mark["args"]!["cause"]!));
    }

    [Fact]
    public async Task Counters_follow_queues_and_bytes_in_handles()
    {
        var bytes = 10L;
        var handles = new HandleBytes();
        handles.Watch(() => new HandleReading("cpu", bytes, 0));
        await using (var trace = TraceWriter.To(_output, _clock, handles))
        {
            trace.QueueChanged(Lane.Decode, "cpu", 4);
            trace.LaneWorked(Spans.Of(Lane.Decode, 1000, 1001));
            trace.LaneWorked(Spans.Of(Lane.Decode, 1001, 1002));
            bytes = 30;
            trace.LaneWorked(Spans.Of(Lane.Decode, 1002, 1003));
        }

        var counters = TraceText.Parse(_output.Text).Of("C").ToList();
        Assert.Equal(4, (int)counters.Single(c => c.Name() == "waiting for decode")["args"]!["requests"]!);
        Assert.Equal([10L, 30], counters.Where(c => c.Name() == "bytes in handles").Select(c => (long)c["args"]!["device"]!));
    }

    [Fact]
    public void Spans_of_a_row_never_overlap_and_none_is_lost() =>
        Prop.ForAll(
            Gen.Two(Gen.Choose(0, 50)).Select(t => (Start: (long)t.Item1, End: (long)t.Item1 + t.Item2)).ListOf().Select(l => l.OrderBy(s => s.End).ToList()).ToArbitrary(),
            spans =>
            {
                using var output = new KeptStream();
                var trace = TraceWriter.To(output, new TestClock());
                spans.ForEach(s => trace.LaneWorked(Spans.Of(Lane.Condition, s.Start, s.End)));
                trace.DisposeAsync().AsTask().GetAwaiter().GetResult();
                var events = TraceText.Parse(output.Text);
                var rows = events.Of("X").GroupBy(e => (int)e["tid"]!, e => (From: (double)e["ts"]!, Until: (double)e["ts"]! + (double)e["dur"]!));
                Assert.Equal(spans.Count, rows.Sum(r => r.Count()));
                foreach (var row in rows.Select(r => r.OrderBy(s => s.From).ThenBy(s => s.Until).ToList()))
                    Assert.All(row.Zip(row.Skip(1)), pair => Assert.True(pair.First.Until <= pair.Second.From));
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public async Task What_a_crash_leaves_opens_without_its_closing_bracket()
    {
        var trace = TraceWriter.To(_output, _clock);
        trace.EpisodeStarted(Spans.Plan("a"));
        await _output.FirstWrite;

        var text = _output.Text;

        Assert.StartsWith("[", text);
        Assert.NotEmpty(TraceText.Parse(text + "]"));
        await trace.DisposeAsync();
        Assert.EndsWith("]\n", _output.Text);
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_nobody_up_and_what_is_left_out_is_counted()
    {
        var gate = new TaskCompletionSource();
        using var output = new KeptStream { Gate = gate.Task };
        var trace = TraceWriter.To(output, _clock);
        const int many = 200_000;
        for (var i = 0; i < many; i++)
            trace.QueueChanged(Lane.UNet, "cpu", i);
        Assert.True(trace.Dropped > 0);
        gate.SetResult();
        await trace.DisposeAsync();

        var events = TraceText.Parse(output.Text);
        Assert.Equal(many, events.Of("C").Count() + trace.Dropped);
        Assert.StartsWith($"{trace.Dropped} events were left out", events.Of("i").Single().Name());
    }

    [Fact]
    public async Task A_full_disk_ends_the_trace_and_nothing_else()
    {
        using var output = new KeptStream { Fault = new IOException("no space left on device") };
        var trace = TraceWriter.To(output, _clock);
        trace.EpisodeStarted(Spans.Plan("a"));
        await trace.DisposeAsync();

        Assert.Equal("no space left on device", trace.Failure!.Message);
        trace.EpisodeEnded(Spans.Result("a"));
    }

    [Fact]
    public void A_path_that_cannot_be_written_says_what_to_do()
    {
        var failure = Assert.Throws<TelemetryException>(() => TraceWriter.Create("/proc/nowhere/trace.json", _clock));

        Assert.Contains("/proc/nowhere/trace.json", failure.Message);
        Assert.Contains("--trace", failure.Message);
    }
}
