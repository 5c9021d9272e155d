namespace WorldModelActors.Models;

/// <summary>
/// A checkpoint cannot be read, holds something that is refused, or does not fit the model. The message is one clear text for
/// the user that names the file and says what to do.
/// </summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string message) : base(message)
    {
    }

    public CheckpointException(string message, Exception inner) : base(message, inner)
    {
    }
}
