namespace WorldModelActors.Media;

/// <summary>
/// Prompts on disk, in the reference's layout:
/// <code>
/// dataset.csv
/// images/data_dir/videoid.png
/// transitions/data_dir/videoid.h5
/// transitions/dataset/meta_data/stats.safetensors
/// </code>
/// </summary>
public sealed class PromptDirectory
{
    private PromptDirectory(string root, IReadOnlyList<string> datasets, IReadOnlyList<PromptRow> rows)
    {
        Root = root;
        Datasets = datasets;
        Rows = rows;
    }

    /// <summary>The directory as given.</summary>
    public string Root { get; }

    /// <summary>Names of the data sets that were read, in order.</summary>
    public IReadOnlyList<string> Datasets { get; }

    /// <summary>The episodes of all these data sets, in the order of the tables.</summary>
    public IReadOnlyList<PromptRow> Rows { get; }

    /// <summary>Reads the prompt table of one data set, or of every data set in the directory.</summary>
    /// <param name="root">The prompt directory.</param>
    /// <param name="dataset">Name of a data set, or null for all.</param>
    /// <exception cref="PromptDataException">The directory, the table, a column or a cell is missing or wrong.</exception>
    public static PromptDirectory Open(string root, string? dataset = null)
    {
        if (!Directory.Exists(root))
        {
            throw new PromptDataException($"{root}: no such prompt directory.");
        }

        string[] found;
        try
        {
            found = [.. Directory.EnumerateFiles(root, "*.csv").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new PromptDataException($"{root}: the prompt directory cannot be read ({cause.Message})", cause);
        }

        if (found.Length == 0)
        {
            throw new PromptDataException($"{root}: no prompt table (a .csv file) in this directory.");
        }

        if (dataset is not null && !found.Contains(dataset, StringComparer.Ordinal))
        {
            throw new PromptDataException($"{root}: no data set '{dataset}'; there is: {string.Join(", ", found)}.");
        }

        string[] datasets = dataset is null ? found : [dataset];
        return new PromptDirectory(root, datasets, [.. datasets.SelectMany(name => PromptTable.Read(Path.Combine(root, name + ".csv")))]);
    }

    /// <summary>Path of the first camera picture of an episode.</summary>
    public string ImagePath(PromptRow row) => Path.Combine(Root, "images", row.DataDirectory, row.VideoId + ".png");

    /// <summary>Path of the recorded actions and states of an episode.</summary>
    public string TransitionPath(PromptRow row) => Path.Combine(Root, "transitions", row.DataDirectory, row.VideoId + ".h5");

    /// <summary>Path of the statistics of a data set.</summary>
    public string StatisticsPath(string dataset) => Path.Combine(Root, "transitions", dataset, "meta_data", "stats.safetensors");

    /// <summary>Reads the first camera picture of an episode; it belongs to the caller.</summary>
    /// <exception cref="MediaException">The picture is missing or damaged.</exception>
    public Image LoadImage(PromptRow row) => Image.Load(ImagePath(row));

    /// <summary>Reads the recorded actions and states of an episode.</summary>
    /// <exception cref="PromptDataException">The file is missing, damaged, or lacks a dataset.</exception>
    public Transition LoadTransition(PromptRow row) => Transition.Load(TransitionPath(row));

    /// <summary>Reads the statistics of a data set.</summary>
    /// <exception cref="PromptDataException">The file is missing, damaged, or lacks a feature.</exception>
    public DatasetStatistics LoadStatistics(string dataset) => DatasetStatistics.Load(StatisticsPath(dataset));
}
