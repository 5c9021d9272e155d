using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>The prompts of a sweep, all their files there and inside the roots.</summary>
internal sealed class SweepPrompts
{
    private readonly PromptDirectory _directory;
    private readonly List<PromptRow> _selected;

    private SweepPrompts(PromptDirectory directory, List<PromptRow> selected) => (_directory, _selected) = (directory, selected);

    /// <summary>The prompt directory, an absolute path.</summary>
    public string Root => _directory.Root;

    /// <summary>Opens the prompt directory and checks what the sweep takes of it.</summary>
    /// <param name="root">The directory, an absolute path, and where it is named.</param>
    /// <param name="dataset">A data set, and where it is named; null for all.</param>
    /// <param name="episodes">Which rows, and where they are named; empty for all.</param>
    /// <param name="roots">What the files must lie in; null for anywhere.</param>
    /// <exception cref="SweepException">Something is missing or lies outside.</exception>
    public static SweepPrompts Open(SweepValue root, SweepValue? dataset, (IReadOnlyList<string> Names, string Place) episodes, SweepRoots? roots)
    {
        foreach (var table in Directory.Exists(root.Text) ? Directory.EnumerateFiles(root.Text, "*.csv") : [])
        {
            roots?.Require(table, table, root.Place);
        }

        var directory = At(dataset is not null && Directory.Exists(root.Text) ? dataset.Place : root.Place, () => PromptDirectory.Open(root.Text, dataset?.Text));
        var rows = At(episodes.Place, () => EpisodePrompt.Select(directory, [.. episodes.Names], [1])).Select(prompt => prompt.Row).ToList();
        foreach (var row in rows)
        {
            foreach (var (file, what) in new[] { (directory.ImagePath(row), "picture is"), (directory.TransitionPath(row), "transitions are"), (directory.StatisticsPath(row.Dataset), "statistics are") })
            {
                if (!File.Exists(file))
                {
                    throw new SweepException($"{root.Place}: {row.Dataset}/{row.VideoId}: the {what} missing: {file}");
                }

                roots?.Require(file, file, root.Place);
            }
        }

        return new SweepPrompts(directory, rows);
    }

    private static T At<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (cause is MediaException or IOException or UnauthorizedAccessException)
        {
            throw new SweepException($"{place}: {cause.Message}", cause);
        }
    }

    /// <summary>The rows of an episode's name; all that are selected where it is null.</summary>
    public IReadOnlyList<PromptRow> RowsOf(string? episode) => episode is null
        ? _selected
        : [.. _selected.Where(row => Is(row, episode))];

    /// <summary>Whether a name is that of a row.</summary>
    public static bool Is(PromptRow row, string episode) => row.VideoId == episode || $"{row.Dataset}/{row.VideoId}" == episode;
}
