using System.Globalization;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>A place where a node runs, one life after the other.</summary>
/// <param name="place">The store.</param>
/// <param name="options">How nodes are started.</param>
/// <param name="number">Its number, from 1.</param>
/// <param name="seat">Its place in a cluster; null for none.</param>
internal sealed class NodeSlot(Workplace place, ChaosOptions options, int number, ClusterSeat? seat)
{
    /// <summary>The cluster has taken the node out: whatever watches over it starts it again.</summary>
    public const int StartAgain = 75;

    private readonly Lock _lock = new();
    private int _lives;
    private int _startedAgain;
    private bool _isRetired;

    /// <summary>The number of the slot, from 0.</summary>
    public int Index => number - 1;

    /// <summary>The present life.</summary>
    public WmaProcess Process { get; private set; } = null!;

    /// <summary>Times that the cluster had taken the node out, so that it was started again.</summary>
    public int StartedAgain => Volatile.Read(ref _startedAgain);

    /// <summary>Whether a fault is being done to it.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Waits until the present life is at work.</summary>
    public Task ServesAsync(CancellationToken stop) => Process.LineAsync(" serves ", stop);

    /// <summary>Starts the next life.</summary>
    public void Start()
    {
        lock (_lock)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"node-{number}-{++_lives}");
            string[] arguments = ["--lease", options.LeaseText, "--episodes-in-flight", options.InFlight.ToString(CultureInfo.InvariantCulture)];
            Process = seat is null ? place.StartNode(name, arguments) : place.StartNode(name, seat, arguments);
        }

        if (seat is not null)
        {
            _ = WatchOverAsync(Process);
        }
    }

    /// <summary>From now on nobody starts it again.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _isRetired = true;
        }
    }

    /// <summary>What systemd does with Restart=on-failure.</summary>
    private async Task WatchOverAsync(WmaProcess process)
    {
        if (await process.EndAsync(CancellationToken.None) != StartAgain)
        {
            return;
        }

        lock (_lock)
        {
            if (_isRetired || Process != process)
            {
                return;
            }

            _startedAgain++;
        }

        Start();
    }
}
