namespace WorldModelActors.Verify;

/// <summary>A directory that cannot be verified at all. The message is one line for the user.</summary>
public sealed class VerifyException : Exception
{
    public VerifyException(string message)
        : base(message)
    {
    }

    public VerifyException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
