using System.Collections.Immutable;

namespace WorldModelActors.Engine;

/// <summary>Passes events to the observers of a system.</summary>
internal sealed class EventPublisher(IEnumerable<IEngineEvents> observers)
{
    private ImmutableArray<IEngineEvents> _observers = [.. observers];

    public IDisposable Subscribe(IEngineEvents observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ImmutableInterlocked.Update(ref _observers, (all, added) => all.Add(added), observer);
        return new Subscription(this, observer);
    }

    public void Publish<TState>(TState state, Action<IEngineEvents, TState> publish)
    {
        foreach (var observer in _observers)
        {
            try
            {
                publish(observer, state);
            }
            catch (Exception)
            {
                // IEngineEvents: an observer's own failure must not reach the actor that it happens to watch.
            }
        }
    }

    public void DeadLetter(ActorPath recipient, object message, DeadLetterReason reason)
    {
        if (!_observers.IsEmpty)
        {
            Publish(new DeadLetter(recipient, message, reason), static (observer, letter) => observer.DeadLetter(letter));
        }
    }

    private sealed class Subscription(EventPublisher publisher, IEngineEvents observer) : IDisposable
    {
        private IEngineEvents? _observer = observer;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _observer, null) is { } observer)
            {
                ImmutableInterlocked.Update(ref publisher._observers, (all, removed) => all.Remove(removed), observer);
            }
        }
    }
}
