namespace WorldModelActors.Cli;

/// <summary>Shows nothing.</summary>
internal sealed class SilentDisplay : IRolloutDisplay
{
    public void Note(string line)
    {
    }

    public void Follow(IRunProgress progress)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
