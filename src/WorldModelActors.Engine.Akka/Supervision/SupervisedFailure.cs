namespace WorldModelActors.Engine.Akka;

/// <summary>
/// What a failed actor throws to its Akka parent when it has taken leave of its instance: the decision is made already, by the strategy with which
/// it was spawned; the parent carries it out.
/// </summary>
/// <param name="cause">What failed.</param>
/// <param name="backOff">The wait for the restart, or null where the actor ends.</param>
internal sealed class SupervisedFailure(Exception cause, BackOff? backOff) : Exception(cause.Message, cause)
{
    public Exception Cause { get; } = cause;

    public BackOff? BackOff { get; } = backOff;
}
