namespace WorldModelActors.Torch;

/// <summary>A safetensors file is damaged, incomplete or uses something that this reader does not know.</summary>
public sealed class SafetensorsException : Exception
{
    public SafetensorsException(string message) : base(message)
    {
    }

    public SafetensorsException(string message, Exception inner) : base(message, inner)
    {
    }
}
