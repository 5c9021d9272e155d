namespace WorldModelActors.Models.Tests;

/// <summary>Recorded inputs and outputs of the reference implementation.</summary>
internal sealed class GoldenFile(string path) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(path);

    /// <summary>A recorded tensor: int64 stays int64, everything else becomes float32.</summary>
    public Tensor this[string name]
    {
        get
        {
            var entry = _file.Entry(name);
            return entry.Dtype == "I64"
                ? tensor(_file.ReadInt64s(name), [.. entry.Shape])
                : tensor(_file.ReadFloats(name), [.. entry.Shape]);
        }
    }

    public bool Contains(string name) => _file.Contains(name);

    public void Dispose() => _file.Dispose();

    /// <summary>Asserts ‖actual - recorded‖ / ‖recorded‖ ≤ tolerance.</summary>
    public void Check(string name, Tensor actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        var expected = this[name];
        Assert.Equal(expected.shape, actual.shape);
        var error = RelativeError(actual, expected);
        TestContext.Current.SendDiagnosticMessage($"{Path.GetFileName(path)} {name}: relative L2 {error:e2} (tolerance {tolerance:e0})");
        Assert.True(error <= tolerance, $"{Path.GetFileName(path)} {name}: relative L2 error {error:e3} > {tolerance:e0}");
    }

    /// <summary>‖actual - expected‖ / ‖expected‖, in float64.</summary>
    public static double RelativeError(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var reference = expected.@double();
        return ((actual.@double() - reference).norm() / reference.norm()).ToDouble();
    }
}
