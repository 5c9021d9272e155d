using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>What a run shows of itself: a trace, metrics.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task The_trace_has_every_lane_and_every_episode()
    {
        using var folder = new TemporaryFolder();
        var result = await RunAsync(folder, "--trace", folder["traces", "trace.json"], "--episodes-in-flight", "2");

        Assert.Equal(0, result.ExitCode);
        var events = JsonNode.Parse(await File.ReadAllTextAsync(folder["traces", "trace.json"], TestContext.Current.CancellationToken))!.AsArray();
        IEnumerable<JsonNode> Of(string kind) => events.Where(e => (string)e!["ph"]! == kind)!;
        var threads = Of("M").Where(e => (string)e["name"]! == "thread_name").Select(e => (string)e["args"]!["name"]!).ToHashSet();
        Assert.Superset(new HashSet<string> { "UNet", "condition", "encode", "decode", "write" }, threads);
        var subjects = Of("X").SelectMany(e => e["args"]!["subjects"]!.AsArray()).ToList();
        Assert.Equal(["pushtable/0", "pushtable/1"], subjects.Select(s => (string)s!["episode"]!).Distinct().Order());
        // Two episodes, two iterations, two calls, two steps.
        var steps = subjects.Where(s => s!["step"] is not null).Select(s => ((string)s!["episode"]!, (int)s["iteration"]!, (string)s["phase"]!, (int)s["step"]!)).ToList();
        Assert.Equal(16, steps.Count);
        Assert.Equal(16, steps.Distinct().Count());
        Assert.Equal(8, Of("X").Where(e => ((string)e["name"]!).StartsWith("decode", StringComparison.Ordinal)).Sum(e => (int)e["args"]!["items"]!));
        foreach (var row in Of("X").GroupBy(e => ((int)e["pid"]!, (int)e["tid"]!)))
        {
            var ordered = row.OrderBy(e => (double)e["ts"]!).ToList();
            Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.True((double)pair.First["ts"]! + (double)pair.First["dur"]! <= (double)pair.Second["ts"]! + 0.001));
        }
    }

    [Fact]
    public async Task A_collector_gets_the_metrics()
    {
        using var folder = new TemporaryFolder();
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        using var collector = new HttpListener { Prefixes = { address } };
        collector.Start();
        var received = ReceiveAsync(collector);

        var result = await RunAsync(folder, "--otlp", address, "--iterations", "1");

        Assert.Equal(0, result.ExitCode);
        collector.Stop();
        var last = (await received)[^1];
        Assert.Contains("wma.frames.written", last);
        Assert.Contains("WorldModelActors.Rollout", last);
    }

    [Fact]
    public async Task A_trace_that_cannot_be_written_is_one_line()
    {
        using var folder = new TemporaryFolder();
        var result = await RunAsync(folder, "--trace", "/proc/nowhere/trace.json");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("/proc/nowhere/trace.json", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static async Task<List<string>> ReceiveAsync(HttpListener collector)
    {
        List<string> bodies = [];
        try
        {
            while (true)
            {
                var context = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                context.Response.Close();
                bodies.Add(Encoding.Latin1.GetString(body.ToArray()));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            return bodies;
        }
    }

    private static Task<WmaResult> RunAsync(TemporaryFolder folder, params string[] more) => WmaProcess.RunAsync(
    [
        "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--episode", "0", "1", "--frame-stride", "1",
        "--iterations", "2", "--ddim-steps", "2", "--exe-steps", "2", "--out", folder["out"], .. more,
    ]);
}
