namespace WorldModelActors.Media;

/// <summary>One episode to imagine: a prompt at a frame stride.</summary>
/// <param name="Id">
/// Its name, also the relative path of its results: <c>dataset/videoid</c>, with <c>_fsN</c> behind it where several frame strides
/// are run.
/// </param>
/// <param name="Row">The prompt.</param>
/// <param name="FrameStride">Recorded steps per step of the model.</param>
public sealed record EpisodePrompt(string Id, PromptRow Row, int FrameStride)
{
    /// <summary>The episodes of a prompt directory, in the order of its tables; each once for every frame stride.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="episodes">Which of them, as <c>videoid</c> or <c>dataset/videoid</c>; empty for all.</param>
    /// <param name="frameStrides">Frame strides, at least one.</param>
    /// <exception cref="PromptDataException">A name is unknown, or a table names an episode twice.</exception>
    public static IReadOnlyList<EpisodePrompt> Select(
        PromptDirectory prompts, IReadOnlyCollection<string> episodes, IReadOnlyCollection<int> frameStrides)
    {
        var wanted = episodes.ToHashSet(StringComparer.Ordinal);
        var rows = prompts.Rows.Where(row => wanted.Count == 0 || wanted.Contains(row.VideoId) || wanted.Contains(NameOf(row))).ToList();
        foreach (var name in episodes)
        {
            if (!rows.Any(row => row.VideoId == name || NameOf(row) == name))
            {
                throw new PromptDataException(
                    $"{prompts.Root}: no episode '{name}' in {string.Join(", ", prompts.Datasets)}; there is: {Known(prompts)}.");
            }
        }

        if (rows.Count == 0)
        {
            throw new PromptDataException($"{prompts.Root}: the prompt tables ({string.Join(", ", prompts.Datasets)}) have no rows.");
        }

        if (rows.GroupBy(NameOf).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            var first = twice.First();
            throw new PromptDataException(
                $"{Path.Combine(prompts.Root, first.Dataset + ".csv")}: the lines {string.Join(" and ", twice.Select(row => row.Line))} have the same videoid '{first.VideoId}'; give each episode a name of its own.");
        }

        int[] strides = [.. frameStrides.Distinct()];
        return [.. rows.SelectMany(row => strides.Select(stride =>
            new EpisodePrompt(strides.Length > 1 ? $"{NameOf(row)}_fs{stride}" : NameOf(row), row, stride)))];
    }

    private static string NameOf(PromptRow row) => $"{row.Dataset}/{row.VideoId}";

    private static string Known(PromptDirectory prompts)
    {
        const int most = 20;
        var names = prompts.Rows.Select(row => prompts.Datasets.Count > 1 ? NameOf(row) : row.VideoId).ToList();
        return string.Join(", ", names.Take(most)) + (names.Count > most ? $", ... ({names.Count} in all)" : "");
    }
}
