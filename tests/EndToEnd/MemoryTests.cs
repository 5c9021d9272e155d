using System.Globalization;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>Many episodes in one process.</summary>
public sealed class MemoryTests
{
    [Fact]
    public async Task Twenty_episodes_keep_memory_flat()
    {
        using var folder = new TemporaryFolder();
        using var process = WmaProcess.Start(
        [
            "rollout", "--model", RepositoryPaths.DemoModel, "--prompts", RepositoryPaths.DemoPrompts, "--frame-stride", "1", "2", "3",
            "--iterations", "1", "--ddim-steps", "1", "--exe-steps", "2", "--out", folder["out"],
        ]);
        var residents = new List<long>();
        while (await process.NextErrorLineAsync() is { } line)
        {
            Assert.DoesNotContain("not released", line);
            if (line.Contains("iteration 1/1 (", StringComparison.Ordinal))
            {
                residents.Add(ResidentBytes(process.Id));
            }
        }

        var result = await process.EndAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(24, residents.Count);
        // The first episodes fill the allocators' pools and the caches of the runtime.
        var settled = residents.Skip(8).Take(4).Max();
        var end = residents.TakeLast(4).Min();
        TestContext.Current.TestOutputHelper?.WriteLine($"resident MiB after each episode: {string.Join(' ', residents.Select(bytes => bytes >> 20))}");
        Assert.True(end < settled + (24L << 20), $"resident memory grew from {settled >> 20} to {end >> 20} MiB");
    }

    private static long ResidentBytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(it => it.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
