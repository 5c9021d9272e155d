using System.Globalization;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>A place where a node runs, one life after the other.</summary>
internal sealed class NodeSlot(Workplace place, ChaosOptions options, int number)
{
    private int _lives;

    /// <summary>The present life.</summary>
    public WmaProcess Process { get; private set; } = null!;

    /// <summary>Whether a fault is being done to it.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Waits until the present life is at work.</summary>
    public Task ServesAsync(CancellationToken stop) => Process.LineAsync(" serves ", stop);

    /// <summary>Starts the next life.</summary>
    public void Start() => Process = place.StartNode(
        string.Create(CultureInfo.InvariantCulture, $"node-{number}-{++_lives}"),
        "--lease",
        options.LeaseText,
        "--episodes-in-flight",
        options.InFlight.ToString(CultureInfo.InvariantCulture));
}
