using System.Globalization;

namespace WorldModelActors.Engine.Akka;

/// <summary>The living actors directly below one path.</summary>
internal sealed class ChildSet(AkkaActorSystem system, ICellOwner owner, ActorPath path) : ChildSet<AkkaCell>(path)
{
    private long _spawned;

    public AkkaCell<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name)
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(props);
        var cell = Add(name, childPath =>
        {
            // '+' is in no name of the port, so a numbered name is nobody else's. Names that start with '$' are Akka's own.
            var number = (++_spawned).ToString(CultureInfo.InvariantCulture);
            return new AkkaCell<TMessage>(system, owner, childPath, childPath.Name.TrimStart('$') + "+" + number, props);
        });
        try
        {
            cell.Make();
        }
        catch
        {
            Remove(cell);
            throw;
        }

        return cell;
    }
}
