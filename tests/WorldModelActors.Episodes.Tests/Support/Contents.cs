using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Contents of iterations: small, and different for each.</summary>
internal static class Contents
{
    public static IterationContent Of(int iteration, int size = 40, int frames = 2) => new(
        iteration,
        [NamedArray.Of("images", [2, 5], Enumerable.Range(0, 10).Select(i => (float)(i + (100 * iteration))).ToArray())],
        ".mp4",
        path => File.WriteAllBytes(path, Segment(iteration, size)),
        Plans.Rows(frames, iteration),
        new JsonObject { ["seconds"] = 0.5 });

    public static byte[] Segment(int iteration, int size = 40) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(iteration.ToString(CultureInfo.InvariantCulture) + ";", size)));
}
