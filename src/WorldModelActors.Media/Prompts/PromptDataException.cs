namespace WorldModelActors.Media;

/// <summary>Prompt data (CSV, HDF5 transitions, statistics) that cannot be used; the message names file and place.</summary>
public sealed class PromptDataException : MediaException
{
    public PromptDataException(string message)
        : base(message)
    {
    }

    public PromptDataException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
