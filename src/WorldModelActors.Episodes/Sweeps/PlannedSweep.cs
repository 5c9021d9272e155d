using System.Collections;
using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>A sweep and its episodes, for <see cref="IEpisodeStore.PlanAsync"/>.</summary>
/// <param name="Sweep">The sweep: the same for the same episodes, however the file says it.</param>
/// <param name="Episodes">Its episodes, in order. They are made when they are asked for, so that a million of them fit.</param>
/// <param name="Axes">Short names of what is varied, with the number of values.</param>
public sealed record PlannedSweep(SweepPlan Sweep, IReadOnlyList<PlannedEpisode> Episodes, IReadOnlyList<(string Name, int Values)> Axes)
{
    /// <summary>One episode of every grid point, for checks that depend on settings alone.</summary>
    public IEnumerable<EpisodeSpec> Examples { get; internal init; } = [];

    /// <summary>E.g. <c>ddim-steps 2, seed 3</c>.</summary>
    public string Describe() => string.Join(", ", Axes.Select(axis => string.Create(CultureInfo.InvariantCulture, $"{axis.Name} {axis.Values}")));
}

/// <summary>A list whose items are made when they are asked for.</summary>
internal sealed class LazyList<T>(int count, Func<int, T> make) : IReadOnlyList<T>
{
    public int Count => count;

    public T this[int index] => index >= 0 && index < count ? make(index) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < count; i++)
        {
            yield return make(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
