using System.Globalization;
using WorldModelActors.Episodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>Does the faults.</summary>
internal sealed class FaultInjector(Workplace place, PrivatePostgres? postgres, PrivateNetwork? network, ChaosOptions options)
{
    private static readonly TimeSpan s_catch = TimeSpan.FromSeconds(20);

    /// <summary>Faults that go through the database wait until it is there: only one such at a time.</summary>
    private readonly SemaphoreSlim _database = new(1, 1);

    /// <summary>Does a fault.</summary>
    /// <returns>What was done; null where there was no occasion (nothing to tear, nothing to corrupt): choose another one.</returns>
    public Task<FaultRecord?> DoAsync(PlannedFault fault, NodeSlot slot, CancellationToken stop) => fault.Kind switch
    {
        FaultKind.KillNode => KillAsync(slot, stop),
        FaultKind.TearFile => TearAsync(fault, slot, stop),
        FaultKind.CorruptCheckpoint => CorruptAsync(fault, slot, stop),
        FaultKind.FreezeNode => FreezeAsync(fault, slot, stop),
        FaultKind.DrainNode => DrainAsync(slot, stop),
        FaultKind.CutOffNode => CutOffAsync(fault, slot, stop),
        FaultKind.KillPostgres => KillPostgresAsync(fault, stop),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private async Task<FaultRecord?> KillAsync(NodeSlot slot, CancellationToken stop)
    {
        await slot.Process.FreezeAsync(stop);
        var held = await HeldAsync(slot, stop);
        if (held.Count == 0)
        {
            slot.Process.Send(Signal.Continue);
            return null;
        }

        var at = DateTimeOffset.UtcNow;
        await slot.Process.KillAsync(stop);
        var name = slot.Process.Title;
        slot.Start();
        return new FaultRecord(FaultKind.KillNode, at, name, held, $"{held.Count} episodes in hand");
    }

    private async Task<FaultRecord?> TearAsync(PlannedFault fault, NodeSlot slot, CancellationToken stop)
    {
        var owned = (await HeldAsync(slot, stop)).Keys.Order(StringComparer.Ordinal).ToList();
        if (owned.Count == 0)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_catch);
        var id = owned[(int)(fault.Chance * owned.Count)];
        string half;
        try
        {
            half = await WriterTrap.CatchAsync(slot.Process, place.Files.FolderOf(id), fault.Chance < 0.7 ? "segment-" : "queue-", limit.Token);
        }
        catch (Exception cause) when (cause is TimeoutException or InvalidOperationException)
        {
            return null;
        }

        var held = await HeldAsync(slot, stop);
        if (!held.ContainsKey(id))
        {
            // Somebody else is writing it, and lives.
            slot.Process.Send(Signal.Continue);
            return null;
        }

        var at = DateTimeOffset.UtcNow;
        await slot.Process.KillAsync(stop);
        var deletes = fault.Chance * 10 % 1 < 0.5;
        try
        {
            if (deletes)
            {
                File.Delete(half);
            }
            else
            {
                FileDamage.Truncate(half);
            }
        }
        catch (FileNotFoundException)
        {
            // The lease had run out, and the next owner has cleaned up.
        }

        var name = slot.Process.Title;
        slot.Start();
        return new FaultRecord(FaultKind.TearFile, at, name, held, $"{(deletes ? "deleted" : "truncated")} {Path.GetFileName(half)} of {id[..8]}");
    }

    private async Task<FaultRecord?> CorruptAsync(PlannedFault fault, NodeSlot slot, CancellationToken stop)
    {
        await slot.Process.FreezeAsync(stop);
        var mine = (await LookAsync(stop)).Where(it => it.Lease is { } lease && lease.NodeName == slot.Process.Title && lease.Left > TimeSpan.FromSeconds(1) && it.Iterations.Count > 0).ToList();
        if (mine.Count == 0)
        {
            slot.Process.Send(Signal.Continue);
            return null;
        }

        var at = DateTimeOffset.UtcNow;
        await slot.Process.KillAsync(stop);
        var victim = mine[(int)(fault.Chance * mine.Count)];
        var newest = victim.Iterations[^1].Files.Single(file => file.Kind == StoredFileKind.Queue);
        FileDamage.Corrupt(place.Files.PathOf(victim.Episode.Id, newest));
        var name = slot.Process.Title;
        slot.Start();
        return new FaultRecord(FaultKind.CorruptCheckpoint, at, name, Held(mine), $"{newest.Name} of {victim.Episode.Id[..8]}");
    }

    private async Task<FaultRecord?> FreezeAsync(PlannedFault fault, NodeSlot slot, CancellationToken stop)
    {
        await slot.Process.FreezeAsync(stop);
        var held = await HeldAsync(slot, stop);
        if (held.Count == 0)
        {
            slot.Process.Send(Signal.Continue);
            return null;
        }

        var at = DateTimeOffset.UtcNow;
        var pause = TimeSpan.FromSeconds(options.Lease * (1.2 + fault.Chance));
        await Task.Delay(pause, stop);
        slot.Process.Send(Signal.Continue);
        return new FaultRecord(FaultKind.FreezeNode, at, slot.Process.Title, held, string.Create(CultureInfo.InvariantCulture, $"{held.Count} episodes in hand, for {pause.TotalSeconds:0.0} s"));
    }

    private async Task<FaultRecord?> DrainAsync(NodeSlot slot, CancellationToken stop)
    {
        // Before that nobody in it listens to signals, and it just ends.
        await slot.ServesAsync(stop);
        var at = DateTimeOffset.UtcNow;
        slot.Process.Send(Signal.Terminate);
        var exit = await slot.Process.EndAsync(stop);
        // The cluster may have taken it out in the same moment.
        if (exit != 0 && !(options.InCluster && exit == NodeSlot.StartAgain))
        {
            throw new InvalidOperationException($"{slot.Process.Title} ended with {exit} on SIGTERM:\n{slot.Process.Text}");
        }

        var name = slot.Process.Title;
        if (exit == 0)
        {
            slot.Start();
        }

        return new FaultRecord(FaultKind.DrainNode, at, name, new Dictionary<string, long>(), string.Create(CultureInfo.InvariantCulture, $"left after {(DateTimeOffset.UtcNow - at).TotalSeconds:0.0} s"));
    }

    /// <summary>The others take it out after about ten seconds; it drains, ends and is started again, perhaps still in the dark.</summary>
    private async Task<FaultRecord?> CutOffAsync(PlannedFault fault, NodeSlot slot, CancellationToken stop)
    {
        var held = await HeldAsync(slot, stop);
        if (held.Count == 0)
        {
            return null;
        }

        var at = DateTimeOffset.UtcNow;
        var name = slot.Process.Title;
        var pause = TimeSpan.FromSeconds(12 + (8 * fault.Chance));
        network!.CutOff(slot.Index);
        await Task.Delay(pause, stop);
        network.Heal(slot.Index);
        return new FaultRecord(FaultKind.CutOffNode, at, name, held, string.Create(CultureInfo.InvariantCulture, $"{held.Count} episodes in hand, for {pause.TotalSeconds:0.0} s"));
    }

    private async Task<FaultRecord?> KillPostgresAsync(PlannedFault fault, CancellationToken stop)
    {
        await _database.WaitAsync(stop);
        try
        {
            var at = DateTimeOffset.UtcNow;
            var pause = TimeSpan.FromSeconds(3 * fault.Chance);
            postgres!.Crash();
            await Task.Delay(pause, stop);
            postgres.Restart();
            return new FaultRecord(FaultKind.KillPostgres, at, null, new Dictionary<string, long>(), string.Create(CultureInfo.InvariantCulture, $"away for {(DateTimeOffset.UtcNow - at).TotalSeconds:0.0} s"));
        }
        finally
        {
            _database.Release();
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> HeldAsync(NodeSlot slot, CancellationToken stop) =>
        Held((await LookAsync(stop)).Where(it => it.Lease?.NodeName == slot.Process.Title));

    private static Dictionary<string, long> Held(IEnumerable<EpisodeDossier> dossiers) => dossiers.ToDictionary(it => it.Episode.Id, it => it.Episode.Epoch);

    private async Task<IReadOnlyList<EpisodeDossier>> LookAsync(CancellationToken stop)
    {
        await _database.WaitAsync(stop);
        try
        {
            return await place.UntilAsync("the store answers", _ => true, stop);
        }
        finally
        {
            _database.Release();
        }
    }
}
