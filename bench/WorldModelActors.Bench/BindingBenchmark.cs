namespace WorldModelActors.Bench;

/// <summary>
/// What one operator call costs beyond its arithmetic: tensors are so small that the binding and libtorch's own dispatch are
/// nearly all of the time. Results are disposed inside the measured call. On CUDA: the host's share, the device runs behind.
/// </summary>
public static class BindingBenchmark
{
    /// <summary>Goal for a call of a small operator on one core of a CPU, in microseconds.</summary>
    public const double Goal = 3.0;

    /// <summary>Not a small operator: libtorch itself sets up much more than one kernel. Measured for comparison.</summary>
    internal const string Convolution = "conv2d 1x1, 4 channels, 4x4";

    private const int PerScope = 100;

    public static BindingReport Run(Device device)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return new BindingReport(Machine.Describe(device), DateTime.UtcNow, Measure(device));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static Dictionary<string, Timing> Measure(Device device)
    {
        Action? finish = device.type == DeviceType.CUDA ? () => cuda.synchronize(device) : null;
        using var scope = NewDisposeScope();
        var x = ones([4, 8], device: device);
        var y = ones([4, 8], device: device);
        var weight = ones([8, 8], device: device);
        var bias = ones([8], device: device);
        var pair = new[] { x, y };
        var image = ones([1, 4, 4, 4], device: device);
        var kernel = ones([4, 4, 1, 1], device: device);
        var target = zeros([4, 8], device: device);

        var calls = new Dictionary<string, Timing>();
        void Time(string name, Action call) => calls[name] = Stopclock.Measure(call, finish);

        Time("add_(scalar)", () => target.add_(1));
        Time("add_(tensor)", () => target.add_(y));
        Time("add", () => x.add(y).Dispose());
        Time("mul(scalar)", () => x.mul(2.0).Dispose());
        Time("reshape", () => x.reshape(8, 4).Dispose());
        Time("transpose", () => x.transpose(0, 1).Dispose());
        Time("select", () => x.select(0, 1).Dispose());
        Time("index [1, 2..4]", () => x[1, 2..4].Dispose());
        Time("cat of two", () => cat(pair, 1).Dispose());
        Time("linear 4x8x8", () => F.linear(x, weight, bias).Dispose());
        Time(Convolution, () => F.conv2d(image, kernel).Dispose());
        Time("silu", () => x.silu().Dispose());
        Time("shape of a new tensor", () =>
        {
            using var t = x.alias();
            _ = t.shape;
        });
        Time("empty dispose scope", () => NewDisposeScope().Dispose());
        Time($"add in a scope of {PerScope}", () =>
        {
            using var inner = NewDisposeScope();
            for (var i = 0; i < PerScope; i++)
                _ = x.add(y);
        });
        var batch = calls[$"add in a scope of {PerScope}"];
        calls[$"add in a scope of {PerScope}"] = new Timing(batch.Median / PerScope, batch.Fastest / PerScope, batch.Slowest / PerScope);
        return calls;
    }
}
