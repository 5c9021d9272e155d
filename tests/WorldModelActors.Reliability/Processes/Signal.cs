namespace WorldModelActors.Reliability;

/// <summary>Signals, by their numbers on Linux.</summary>
public enum Signal
{
    /// <summary>Ctrl-C.</summary>
    Interrupt = 2,

    /// <summary>Ends the process at once; it cannot do a thing about it.</summary>
    Kill = 9,

    /// <summary>Asks the process to end.</summary>
    Terminate = 15,

    /// <summary>Lets a stopped process run on.</summary>
    Continue = 18,

    /// <summary>Stops the process until <see cref="Continue"/>; it does not notice.</summary>
    Stop = 19,
}
