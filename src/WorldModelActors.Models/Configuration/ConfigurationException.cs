namespace WorldModelActors.Models;

/// <summary>A model configuration cannot be read or asks for something unsupported. The message names the file and the key.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException(string message) : base(message)
    {
    }

    public ConfigurationException(string message, Exception inner) : base(message, inner)
    {
    }
}
