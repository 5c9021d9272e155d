using System.Reflection;
using WorldModelActors.Benchmarks;
using WorldModelActors.Engine;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Settings;
using WorldModelActors.Telemetry;
using WorldModelActors.Verify;

namespace WorldModelActors.Cli;

/// <summary>Failures as the user sees them: one line that names what is wrong and what to do, never a stack trace.</summary>
internal static class UserErrors
{
    /// <summary>Prints a failure on the error stream, with its stack trace only where WMA_DEBUG is set.</summary>
    public static void Print(Exception failure)
    {
        Console.Error.WriteLine("wma: " + Describe(failure));
        if (Environment.GetEnvironmentVariable("WMA_DEBUG") is { Length: > 0 } and not "0")
        {
            Console.Error.WriteLine(failure);
        }
    }

    /// <summary>The line of a failure.</summary>
    public static string Describe(Exception failure) => OneLine(Explain(Unwrap(failure)));

    private static Exception Unwrap(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        ActorSystemFailedException { InnerException: { } inner } => Unwrap(inner),
        ChildFailedException { InnerException: { } inner } => Unwrap(inner),
        _ => failure,
    };

    private static string Explain(Exception failure) => failure switch
    {
        UsageException or HoconException or ConfigurationException or CheckpointException or ClipVocabularyException
            or ConditioningException or ModelInputException or SamplingException or MediaException or RolloutException
            or SafetensorsException or VerifyException or TelemetryException or BenchmarkException or StoreException or SweepException => failure.Message,
        TorchException { IsOutOfMemory: true } => $"out of memory: {failure.Message}; use a smaller model or --dtype, or a device with more memory",
        TorchException => failure.Message,
        OutOfMemoryException => "out of memory: use a smaller model or --dtype, or a machine with more memory",
        DllNotFoundException or BadImageFormatException or EntryPointNotFoundException =>
            $"a native library cannot be loaded: {failure.Message}; build again with ./wma, and check LIBTORCH where it is set",
        EngineException or IOException or UnauthorizedAccessException => failure.Message,
        _ => $"internal error: {failure.GetType().Name}: {failure.Message} (run again with WMA_DEBUG=1 and report what it prints)",
    };

    /// <summary>A message of several lines as one.</summary>
    public static string OneLine(string message) => string.Join(
        "; ", message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Replace(":; ", ": ", StringComparison.Ordinal);
}
