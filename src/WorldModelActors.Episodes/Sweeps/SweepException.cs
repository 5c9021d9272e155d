namespace WorldModelActors.Episodes;

/// <summary>
/// A sweep cannot be planned, reported or exported as asked. <see cref="Exception.Message"/> is one line for the user: it names file and
/// line, or key, and says what to do.
/// </summary>
public sealed class SweepException : Exception
{
    public SweepException(string message)
        : base(message)
    {
    }

    public SweepException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
