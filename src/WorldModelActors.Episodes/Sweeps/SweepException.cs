namespace WorldModelActors.Episodes;

/// <summary>
/// A sweep cannot be planned, reported or exported as asked. <see cref="Exception.Message"/> is one line for the user: it names file and
/// line, or key, and says what to do.
/// </summary>
public sealed class SweepException : Exception
{
    public SweepException(string message)
        : base(OneLine(message))
    {
    }

    public SweepException(string message, Exception cause)
        : base(OneLine(message), cause)
    {
    }

    /// <summary>Values of a file may hold anything; the message must stay one line of plain text.</summary>
    private static string OneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
