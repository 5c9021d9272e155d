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
    /// <param name="root">The directory, an absolute path.</param>
    /// <param name="dataset">A data set; null for all.</param>
    /// <param name="episodes">Which rows; empty for all.</param>
    /// <param name="place">Where it is named, for errors.</param>
    /// <param name="roots">What the files must lie in; null for anywhere.</param>
    /// <exception cref="SweepException">Something is missing or lies outside.</exception>
    public static SweepPrompts Open(string root, string? dataset, IReadOnlyList<string> episodes, string place, SweepRoots? roots)
    {
        try
        {
            if (roots is not null && Directory.Exists(root))
            {
                foreach (var table in Directory.EnumerateFiles(root, "*.csv"))
                {
                    roots.Require(table, table, place);
                }
            }

            var directory = PromptDirectory.Open(root, dataset);
            var rows = EpisodePrompt.Select(directory, episodes, [1]).Select(prompt => prompt.Row).ToList();
            foreach (var row in rows)
            {
                foreach (var (file, what) in new[] { (directory.ImagePath(row), "picture"), (directory.TransitionPath(row), "transitions"), (directory.StatisticsPath(row.Dataset), "statistics") })
                {
                    if (!File.Exists(file))
                    {
                        throw new SweepException($"{place}: {row.Dataset}/{row.VideoId}: the {what} are missing: {file}");
                    }

                    roots?.Require(file, file, place);
                }
            }

            return new SweepPrompts(directory, rows);
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
