namespace WorldModelActors.Episodes;

/// <summary>
/// The table that the demo world model was trained on, exactly as assets/demo-world-model/README.md ("The environment, exactly") states it: a
/// round pusher follows commanded positions and pushes two square blocks. All arithmetic is float64, in the order written there: replaying
/// recorded actions gives the recorded states to the last bit.
/// </summary>
public static class PushTableSimulator
{
    private const double HalfBlock = 5;
    private const double PusherRadius = 3;
    private const double FastestCommand = 2;
    private const int Substeps = 4;
    private static readonly Box s_pusherBox = new(4, 60, 4, 52);
    private static readonly Box s_blockBox = new(6, 58, 6, 50);

    /// <summary>One frame.</summary>
    /// <param name="state">The table before it.</param>
    /// <param name="actionX">Commanded position of the pusher, pixels.</param>
    /// <param name="actionY">Commanded position of the pusher, pixels.</param>
    public static PushTableState Step(PushTableState state, float actionX, float actionY)
    {
        var (p, v, b0, b1) = state;
        var command = 0.5 * (s_pusherBox.Clamp(new Point(actionX, actionY)) - p);
        if (command.Norm > FastestCommand)
        {
            command = FastestCommand * command / command.Norm;
        }

        v = (0.4 * v) + (0.6 * command);
        var before = p;
        for (var i = 0; i < Substeps; i++)
        {
            p = s_pusherBox.Clamp(p + (v / Substeps));
            b0 -= Overlap(p, b0);
            b1 -= Overlap(p, b1);
            Separate(ref b0, ref b1, movesFirst: IsFirstFarther(p, b0, b1));
            b0 = s_blockBox.Clamp(b0);
            b1 = s_blockBox.Clamp(b1);
            // Still overlapping: the far one stands at the wall.
            Separate(ref b0, ref b1, movesFirst: !IsFirstFarther(p, b0, b1));
            p += Overlap(p, b0);
            p += Overlap(p, b1);
        }

        return new PushTableState(p, p - before, b0, b1);
    }

    /// <summary>On a tie the second one counts as the farther.</summary>
    private static bool IsFirstFarther(Point p, Point b0, Point b1) => (b0 - p).Norm > (b1 - p).Norm;

    /// <summary>How far the pusher reaches into a block, as the shift that would take it out.</summary>
    private static Point Overlap(Point p, Point block)
    {
        var d = p - block;
        var e = d - new Point(Math.Clamp(d.X, -HalfBlock, HalfBlock), Math.Clamp(d.Y, -HalfBlock, HalfBlock));
        var n = Math.Sqrt((e.X * e.X) + (e.Y * e.Y));
        if (n > 1e-9)
        {
            return Math.Max(0, PusherRadius - n) * (e / n);
        }

        // The centre is inside the square: out through the nearer side.
        double depthX = HalfBlock - Math.Abs(d.X), depthY = HalfBlock - Math.Abs(d.Y);
        return depthX <= depthY ? new Point(Sign(d.X) * (depthX + PusherRadius), 0) : new Point(0, Sign(d.Y) * (depthY + PusherRadius));
    }

    private static void Separate(ref Point b0, ref Point b1, bool movesFirst)
    {
        var d = b1 - b0;
        double overlapX = (2 * HalfBlock) - Math.Abs(d.X), overlapY = (2 * HalfBlock) - Math.Abs(d.Y);
        if (overlapX <= 0 || overlapY <= 0)
        {
            return;
        }

        var shift = overlapX <= overlapY ? new Point(Sign(d.X) * overlapX, 0) : new Point(0, Sign(d.Y) * overlapY);
        if (movesFirst)
        {
            b0 -= shift;
        }
        else
        {
            b1 += shift;
        }
    }

    private static double Sign(double value) => value < 0 ? -1 : 1;
}
