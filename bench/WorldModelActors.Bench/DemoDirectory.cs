namespace WorldModelActors.Bench;

/// <summary>Where the demo world model lies.</summary>
internal static class DemoDirectory
{
    /// <summary>assets/demo-world-model above the program or the working directory.</summary>
    /// <exception cref="ArgumentException">It is not there.</exception>
    public static string Find()
    {
        foreach (var from in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var folder = from; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                var demo = Path.Combine(folder, "assets", "demo-world-model");
                if (Directory.Exists(demo))
                    return demo;
            }
        }
        throw new ArgumentException("the demo world model is not there; give --model DIR");
    }
}
