using WorldModelActors.Settings;

namespace WorldModelActors.Episodes.Tests;

/// <summary>A folder with a model, prompts and sweep files: just enough of each to plan.</summary>
internal sealed class SweepHome : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="prompts">Rows of the prompt table.</param>
    public SweepHome(params string[] prompts)
    {
        string[] rows = prompts.Length > 0 ? prompts : ["0", "1", "2"];
        Write("model/config.yaml", "model: {}");
        Write("prompts/table.csv", "videoid,data_dir,instruction,fps\n" + string.Concat(rows.Select(row => $"{row},table,push {row},10\n")));
        Write("prompts/transitions/table/meta_data/stats.safetensors", "");
        foreach (var row in rows)
        {
            Write($"prompts/images/table/{row}.png", "");
            Write($"prompts/transitions/table/{row}.h5", "");
        }
    }

    public string Root => _folder.Path;

    public string File(params string[] parts) => _folder.File(parts);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(path))!);
        System.IO.File.WriteAllText(File(path), text);
    }

    /// <summary>A sweep file that names model and prompts, with these lines behind.</summary>
    public SweepFile Sweep(string lines, params string[] roots) => Parse("name: test\nmodel: model\nprompts: prompts\n" + lines, roots);

    public SweepFile Parse(string text, params string[] roots) => SweepFile.Parse(text, File("sweep.yaml"), roots);

    public PlannedSweep Plan(string lines, params string[] roots) => Plan(Sweep(lines, roots));

    public static PlannedSweep Plan(SweepFile file, params HoconConfig[] layers) => SweepPlanner.Plan(file, layers, _ => null);

    public void Dispose() => _folder.Dispose();
}

internal static class PlannedSweepExtensions
{
    public static IReadOnlyList<string> Names(this PlannedSweep planned) => [.. planned.Episodes.Select(episode => episode.Name)];

    public static IReadOnlyList<string> Ids(this PlannedSweep planned) => [.. planned.Episodes.Select(planned.Sweep.IdOf)];

    public static IReadOnlyList<EpisodeSpec> Specs(this PlannedSweep planned) => [.. planned.Episodes.Select(episode => EpisodeSpec.FromJson(episode.Spec))];
}
