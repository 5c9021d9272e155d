namespace WorldModelActors.Engine.Akka;

/// <summary>
/// What Hyperion writes for a message: its name and its members by name, in the order of the sender's version. Only simple values are in it, so a
/// reader of another version can skip what it does not know.
/// </summary>
internal sealed class WireRecord
{
    public string Name = string.Empty;

    public string[] Members = [];

    public object?[] Values = [];
}
