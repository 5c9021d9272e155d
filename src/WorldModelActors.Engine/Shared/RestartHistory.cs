namespace WorldModelActors.Engine;

/// <summary>Counts the failures of one actor within its supervision window and decides by its strategy.</summary>
internal sealed class RestartHistory(SupervisionStrategy strategy, TimeProvider time)
{
    private readonly Queue<long> _failures = new();

    public (SupervisionDecision Decision, int FailuresInWindow, TimeSpan Delay) Judge(Exception cause)
    {
        var now = time.GetTimestamp();
        if (strategy.Window > TimeSpan.Zero)
        {
            while (_failures.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= strategy.Window)
            {
                _failures.Dequeue();
            }
        }

        _failures.Enqueue(now);
        var count = _failures.Count;
        var decision = strategy.Decide(cause);
        if (decision == SupervisionDecision.Restart && count > strategy.MaxRestarts)
        {
            decision = strategy.WhenExhausted;
        }

        return decision == SupervisionDecision.Restart
            ? (decision, count, strategy.BackoffFor(count))
            : (decision, count, TimeSpan.Zero);
    }
}
