using System.Globalization;

namespace WorldModelActors.Engine.Akka;

/// <summary>The living actors directly below one path.</summary>
internal sealed class ChildSet(AkkaActorSystem system, ICellOwner owner, ActorPath path)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AkkaCell> _children = new(StringComparer.Ordinal);
    private readonly HashSet<AkkaCell> _ending = [];
    private long _generatedNames;
    private long _spawned;
    private bool _closed;

    public IReadOnlyList<IActorRef> Refs
    {
        get
        {
            lock (_gate)
            {
                return [.. _children.Values];
            }
        }
    }

    public AkkaCell<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name)
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(props);
        AkkaCell<TMessage> cell;
        lock (_gate)
        {
            if (_closed)
            {
                throw new ActorStoppingException(path);
            }

            name ??= "$" + (++_generatedNames).ToString(CultureInfo.InvariantCulture);
            var childPath = path.Child(name);
            if (_children.ContainsKey(name))
            {
                throw new ActorNameTakenException(childPath);
            }

            // '+' is in no name of the port, so a numbered name is nobody else's. Names that start with '$' are Akka's own.
            var number = (++_spawned).ToString(CultureInfo.InvariantCulture);
            cell = new AkkaCell<TMessage>(system, owner, childPath, name.TrimStart('$') + "+" + number, props);
            _children.Add(name, cell);
        }

        try
        {
            cell.Make();
        }
        catch
        {
            lock (_gate)
            {
                _children.Remove(name);
            }

            throw;
        }

        return cell;
    }

    /// <summary>Frees the name of a child that handles nothing any more; whoever stops all still waits for its very end.</summary>
    public void FreeName(AkkaCell child)
    {
        lock (_gate)
        {
            _children.Remove(child.Path.Name);
            _ending.Add(child);
        }
    }

    /// <summary>Forgets a child that has ended.</summary>
    public void Forget(AkkaCell child)
    {
        lock (_gate)
        {
            _ending.Remove(child);
        }
    }

    /// <summary>Takes no more children.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    /// <summary>Stops all children and waits for their ends.</summary>
    public Task StopAllAsync(StopMode mode)
    {
        AkkaCell[] children;
        lock (_gate)
        {
            children = [.. _children.Values, .. _ending];
        }

        foreach (var child in children)
        {
            child.RequestStop(mode);
        }

        return children.Length == 0 ? Task.CompletedTask : Task.WhenAll(children.Select(child => child.Termination));
    }
}
