namespace WorldModelActors.Episodes;

/// <summary>A place or a shift on the table, in pixels of a 64 x 64 picture; x to the right, y downwards.</summary>
public readonly record struct Point(double X, double Y)
{
    /// <summary>Euclidean norm, at least 1e-9.</summary>
    public double Norm => Math.Max(Math.Sqrt((X * X) + (Y * Y)), 1e-9);

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(double factor, Point a) => new(factor * a.X, factor * a.Y);

    public static Point operator /(Point a, double divisor) => new(a.X / divisor, a.Y / divisor);
}

/// <summary>An upright rectangle that centres must stay in.</summary>
internal readonly record struct Box(double Left, double Right, double Top, double Bottom)
{
    public Point Clamp(Point p) => new(Math.Clamp(p.X, Left, Right), Math.Clamp(p.Y, Top, Bottom));
}
