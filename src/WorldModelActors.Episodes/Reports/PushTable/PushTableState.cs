namespace WorldModelActors.Episodes;

/// <summary>The table at one frame.</summary>
/// <param name="Pusher">Centre of the pusher.</param>
/// <param name="Velocity">Its shift in the last frame, pixels per frame.</param>
/// <param name="Block0">Centre of the first block.</param>
/// <param name="Block1">Centre of the second block.</param>
public readonly record struct PushTableState(Point Pusher, Point Velocity, Point Block0, Point Block1)
{
    /// <summary>The centre of a block.</summary>
    public Point Block(int index) => index == 0 ? Block0 : Block1;
}
