using WorldModelActors.Bench;
using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Verify;

try
{
    return await BenchCommands.Create().Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is ArgumentException or TorchException or ConfigurationException or CheckpointException or MediaException or RolloutException or VerifyException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"wma-bench: {e.Message}");
    return 2;
}
