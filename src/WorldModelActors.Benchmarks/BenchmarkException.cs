namespace WorldModelActors.Benchmarks;

/// <summary>A benchmark cannot be run, or its result is wrong; the message is one line for the user.</summary>
public sealed class BenchmarkException(string message) : Exception(message);
