namespace WorldModelActors.Models;

/// <summary>A merges file that is missing, unreadable or does not fit the model; the message names it and says what to do.</summary>
public sealed class ClipVocabularyException : Exception
{
    public ClipVocabularyException(string message)
        : base(message)
    {
    }

    public ClipVocabularyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
