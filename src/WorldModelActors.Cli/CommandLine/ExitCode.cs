namespace WorldModelActors.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>An episode or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>It cannot be done: wrong usage, input or environment.</summary>
    public const int Refused = 2;

    /// <summary>The device of this process cannot compute any more: a supervisor starts it again (EX_TEMPFAIL).</summary>
    public const int StartAgain = 75;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Interrupted = 130;
}
