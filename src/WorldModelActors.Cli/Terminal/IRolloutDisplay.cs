namespace WorldModelActors.Cli;

/// <summary>Shows a run while it goes on, on the error stream; results go to the output.</summary>
internal interface IRolloutDisplay : IAsyncDisposable
{
    /// <summary>A line that stays.</summary>
    void Note(string line);

    /// <summary>Begins to show where a run stands.</summary>
    void Follow(RolloutProgress progress);
}
