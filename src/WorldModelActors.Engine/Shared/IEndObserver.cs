namespace WorldModelActors.Engine;

/// <summary>Is told once when an actor has ended.</summary>
internal interface IEndObserver
{
    void OnEnded(Exception? cause);
}
