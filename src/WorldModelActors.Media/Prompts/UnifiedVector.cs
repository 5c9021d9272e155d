namespace WorldModelActors.Media;

/// <summary>
/// The network's actions and states have one width for every robot: after normalisation, zeros fill the dimensions
/// that a robot does not have.
/// </summary>
public static class UnifiedVector
{
    /// <summary>Dimensions of an action and of a state inside the network.</summary>
    public const int Width = 16;

    /// <summary>Appends zeros to every row.</summary>
    /// <param name="rows">[n, width], width up to <see cref="Width"/>.</param>
    /// <param name="source">What the rows are, for the error message.</param>
    /// <exception cref="PromptDataException">The rows are wider than <see cref="Width"/>.</exception>
    public static FloatMatrix Pad(FloatMatrix rows, string source)
    {
        if (rows.Columns > Width)
        {
            throw new PromptDataException($"{source} has {rows.Columns} dimensions; the model knows at most {Width}.");
        }

        var padded = new FloatMatrix(rows.Rows, Width);
        for (var row = 0; row < rows.Rows; row++)
        {
            rows.Row(row).CopyTo(padded.Row(row));
        }

        return padded;
    }

    /// <summary>1 for the robot's own dimensions, 0 for the padding: [rows, <see cref="Width"/>].</summary>
    public static FloatMatrix Mask(int rows, int ownWidth)
    {
        var mask = new FloatMatrix(rows, Width);
        for (var row = 0; row < rows; row++)
        {
            mask.Row(row)[..ownWidth].Fill(1f);
        }

        return mask;
    }
}
