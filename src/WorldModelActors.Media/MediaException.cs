namespace WorldModelActors.Media;

/// <summary>
/// A picture, a video or a file of prompt data that cannot be used. <see cref="Exception.Message"/> is one line for the
/// user: it names the file and says what is wrong and what to do.
/// </summary>
public class MediaException : Exception
{
    public MediaException(string message)
        : base(message)
    {
    }

    public MediaException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
