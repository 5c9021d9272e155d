namespace WorldModelActors.Models;

/// <summary>An input does not fit the network: a shape or a length that the model's configuration rules out.</summary>
public sealed class ModelInputException(string message) : Exception(message);
