using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>Hears of what Akka could not deliver, on the thread where it happens, and reports what was the port's.</summary>
internal sealed class AkkaDeadLetters(Native.ActorPath path, IActorRefProvider provider) : MinimalActorRef
{
    public override Native.ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, Native.IActorRef sender)
    {
        if (message is not global::Akka.Event.DeadLetter letter)
        {
            return;
        }

        switch (letter.Message)
        {
            case Entry entry:
                entry.Bury(DeadLetterReason.RecipientStopped);
                break;
            case Continuation continuation:
                continuation.RunOnPool();
                break;
        }
    }
}
