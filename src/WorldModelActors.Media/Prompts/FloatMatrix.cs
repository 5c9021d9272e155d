namespace WorldModelActors.Media;

/// <summary>A table of float32 numbers on the host, row-major [rows, columns].</summary>
public sealed class FloatMatrix
{
    public FloatMatrix(float[] values, int rows, int columns)
    {
        if (rows < 0 || columns < 0 || values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{values.Length} values are no table [{rows}, {columns}].", nameof(values));
        }

        Values = values;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>A table of zeros.</summary>
    public FloatMatrix(int rows, int columns)
        : this(new float[(long)rows * columns], rows, columns)
    {
    }

    /// <summary>All values, row by row.</summary>
    public float[] Values { get; }

    public int Rows { get; }

    public int Columns { get; }

    public float this[int row, int column]
    {
        get => Row(row)[column];
        set => Row(row)[column] = value;
    }

    /// <summary>One row [columns], in place.</summary>
    public Span<float> Row(int row) => Values.AsSpan(checked(row * Columns), Columns);
}
