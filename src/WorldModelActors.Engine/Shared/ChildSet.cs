using System.Globalization;

namespace WorldModelActors.Engine;

/// <summary>One of the actors below a path.</summary>
internal interface IChildCell : IActorRef
{
    /// <summary>Completes, always successfully, when nothing of the actor runs any more.</summary>
    Task Termination { get; }

    void RequestStop(StopMode mode);
}

/// <summary>The living actors directly below one path. Engines add how one is made.</summary>
internal abstract class ChildSet<TCell>(ActorPath path)
    where TCell : class, IChildCell
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TCell> _children = new(StringComparer.Ordinal);
    private readonly HashSet<TCell> _ending = [];
    private long _generatedNames;
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

    /// <summary>Makes a child and puts it in.</summary>
    /// <param name="name">Its name; null for one that nobody has.</param>
    /// <param name="make">Makes it, from its path.</param>
    /// <exception cref="ActorStoppingException">The set is closed.</exception>
    /// <exception cref="ActorNameTakenException">A living child has this name.</exception>
    protected TNew Add<TNew>(string? name, Func<ActorPath, TNew> make)
        where TNew : TCell
    {
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

            var cell = make(childPath);
            _children.Add(name, cell);
            return cell;
        }
    }

    /// <summary>Takes out a child that could not be started.</summary>
    protected void Remove(TCell child)
    {
        lock (_gate)
        {
            _children.Remove(child.Path.Name);
        }
    }

    /// <summary>Frees the name of a child that handles nothing any more; whoever stops all still waits for its very end.</summary>
    public void FreeName(TCell child)
    {
        lock (_gate)
        {
            _children.Remove(child.Path.Name);
            _ending.Add(child);
        }
    }

    /// <summary>Forgets a child that has ended.</summary>
    public void Forget(TCell child)
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
        TCell[] children;
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
