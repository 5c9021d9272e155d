namespace WorldModelActors.Rollout;

/// <summary>A rollout that cannot be run or went wrong; the message is one line for the user.</summary>
public sealed class RolloutException : Exception
{
    public RolloutException(string message)
        : base(message)
    {
    }

    public RolloutException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
