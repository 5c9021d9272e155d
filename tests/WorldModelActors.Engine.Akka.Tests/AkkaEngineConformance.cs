using WorldModelActors.Engine.Conformance;

namespace WorldModelActors.Engine.Akka.Tests;

public sealed class AkkaOrdering : OrderingConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaLifecycle : LifecycleConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaSupervision : SupervisionConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaAsk : AskConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaMailbox : MailboxConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaThreads : ThreadConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaTimers : TimerConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaAdapters : AdapterConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}

public sealed class AkkaRandomised : RandomisedConformance
{
    protected override IActorEngine Engine => AkkaEngine.Instance;
}
