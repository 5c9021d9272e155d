namespace WorldModelActors.Models;

/// <summary>Something that a condition needs is absent or has the wrong shape. The message is one line for the user.</summary>
public sealed class ConditioningException(string message) : Exception(message);
