namespace WorldModelActors.Cli;

/// <summary>Shows a run while it goes on, on the error stream; results go to the output.</summary>
internal interface IRolloutDisplay : IAsyncDisposable
{
    /// <summary>A line that stays.</summary>
    void Note(string line);

    /// <summary>Begins to show where a run stands.</summary>
    void Follow(IRunProgress progress);
}

/// <summary>A run that goes on.</summary>
internal interface IRunProgress
{
    /// <summary>Something that is worth a line.</summary>
    event Action<string>? Noted;

    /// <summary>Where the run stands now.</summary>
    ProgressSnapshot Snapshot();
}
