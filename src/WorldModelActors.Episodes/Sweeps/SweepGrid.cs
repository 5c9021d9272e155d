using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>
/// The points of a sweep: the product of the grid's lists, less what is excluded, and then the included points. A point has a value for
/// every axis, that is for every setting that the grid or an included point names; what an included point does not name has the value of
/// <c>settings</c>, or the default; seeds, frame strides and prompts it has all. Null is a setting that is not set.
/// </summary>
internal sealed class SweepGrid
{
    /// <summary>Most episodes of a sweep.</summary>
    public const int MostEpisodes = 1_000_000;

    /// <summary>What repeats a configuration rather than being one.</summary>
    private static readonly SweepSetting[] s_repetitions = [SweepSetting.Seed, SweepSetting.FrameStride, SweepSetting.Episode];

    private readonly SweepFile _file;
    private readonly IReadOnlyList<SweepAxis> _grid;
    private readonly Func<SweepSetting, string?> _standard;

    /// <param name="file">The sweep.</param>
    /// <param name="grid">Its grid, with what the settings add.</param>
    /// <param name="standard">The value of a setting where no list and no point names it.</param>
    public SweepGrid(SweepFile file, IReadOnlyList<SweepAxis> grid, Func<SweepSetting, string?> standard)
    {
        (_file, _grid, _standard) = (file, grid, standard);
        Axes = [.. grid.Select(axis => axis.Setting).Concat(file.Include.SelectMany(point => point.Values.Keys)).Distinct()];
        if (grid.Aggregate(1.0, (product, axis) => product * axis.Values.Count) > MostEpisodes)
        {
            throw TooMany(file);
        }
    }

    /// <summary>What is varied: the grid's lists in their order, then what included points name beside them.</summary>
    public IReadOnlyList<SweepSetting> Axes { get; }

    public static SweepException TooMany(SweepFile file) => new(string.Create(
        CultureInfo.InvariantCulture, $"{file.Source}: the sweep has more than {MostEpisodes:N0} episodes; split it into several"));

    /// <summary>The product of the lists, the first one changing slowest: before anything is excluded.</summary>
    public IEnumerable<string?[]> Product() => _grid.Count == 0 && _file.Include.Count > 0
        ? [] // Only the included points, as with an empty matrix.
        : Product([.. Axes.Select((setting, i) => i < _grid.Count ? TextsOf(_grid[i]) : [_standard(setting)])]);

    /// <summary>The included points, each for every seed, frame stride and prompt of the grid unless it names its own. They are never excluded.</summary>
    public IEnumerable<string?[]> Included() => _file.Include.SelectMany(point => Product(
    [
        .. Axes.Select((setting, i) =>
            point.Values.TryGetValue(setting, out var value) ? [value.Text]
            : i < _grid.Count && s_repetitions.Contains(setting) ? TextsOf(_grid[i])
            : new[] { _standard(setting) }),
    ]));

    private static string?[] TextsOf(SweepAxis axis) => [.. axis.Values.Select(value => value.Text)];

    private static IEnumerable<string?[]> Product(string?[][] lists)
    {
        var at = new int[lists.Length];
        while (true)
        {
            yield return [.. lists.Select((list, i) => list[at[i]])];
            var axis = lists.Length - 1;
            while (axis >= 0 && ++at[axis] == lists[axis].Length)
            {
                at[axis--] = 0;
            }

            if (axis < 0)
            {
                yield break;
            }
        }
    }

    /// <summary>The value of a point.</summary>
    public string? ValueOf(string?[] point, SweepSetting setting) => IndexOf(setting) is >= 0 and var index ? point[index] : _standard(setting);

    private int IndexOf(SweepSetting setting)
    {
        for (var i = 0; i < Axes.Count; i++)
        {
            if (Axes[i] == setting)
            {
                return i;
            }
        }

        return -1;
    }
}
