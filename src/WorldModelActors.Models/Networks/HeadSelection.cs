namespace WorldModelActors.Models;

/// <summary>Which of the two heads are evaluated.</summary>
[Flags]
public enum HeadSelection
{
    /// <summary>The backbone alone.</summary>
    None = 0,
    /// <summary>The action head (policy passes).</summary>
    Action = 1,
    /// <summary>The state head (world-model passes).</summary>
    State = 2,
    /// <summary>Both heads.</summary>
    Both = Action | State,
}
