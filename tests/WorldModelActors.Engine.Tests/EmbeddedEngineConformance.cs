using WorldModelActors.Engine.Conformance;

namespace WorldModelActors.Engine.Tests;

public sealed class EmbeddedOrdering : OrderingConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedLifecycle : LifecycleConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedSupervision : SupervisionConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedAsk : AskConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedMailbox : MailboxConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedThreads : ThreadConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedTimers : TimerConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedAdapters : AdapterConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}

public sealed class EmbeddedRandomised : RandomisedConformance
{
    protected override IActorEngine Engine => EmbeddedEngine.Instance;
}
