namespace WorldModelActors.Engine;

/// <summary>The living actors directly below one path.</summary>
internal sealed class ChildSet(EmbeddedActorSystem system, ICellOwner owner, ActorPath path) : ChildSet<ActorCell>(path)
{
    public ActorCell<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name)
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(props);
        var cell = Add(name, childPath => new ActorCell<TMessage>(system, owner, childPath, props));
        cell.Start();
        return cell;
    }
}
