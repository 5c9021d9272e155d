namespace WorldModelActors.Sampling;

/// <summary>A sampling setting, schedule or recorded noise that cannot be used. The message is one line for the user.</summary>
public sealed class SamplingException : Exception
{
    public SamplingException(string message) : base(message)
    {
    }

    public SamplingException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
