namespace WorldModelActors.Sampling;

/// <summary>How the sampler's timesteps are spread over the training timesteps.</summary>
public enum TimestepSpacing
{
    /// <summary>1, 1 + c, 1 + 2c, ... with c = N / S rounded down; may give more than S timesteps.</summary>
    Uniform,

    /// <summary>N - 1 and downwards in steps of N / S, each rounded half to even.</summary>
    UniformTrailing,

    /// <summary>Square roots evenly spread up to sqrt(0.8 N), so that small timesteps lie dense.</summary>
    Quad,
}

/// <summary>Names and timesteps of the spacings.</summary>
public static class TimestepSpacings
{
    private static readonly (string Name, TimestepSpacing Spacing)[] s_names =
    [
        ("uniform", TimestepSpacing.Uniform),
        ("uniform_trailing", TimestepSpacing.UniformTrailing),
        ("quad", TimestepSpacing.Quad),
    ];

    /// <summary>The spacing called <paramref name="name"/> (<c>uniform</c>, <c>uniform_trailing</c> or <c>quad</c>).</summary>
    /// <exception cref="SamplingException">There is none of that name.</exception>
    public static TimestepSpacing Parse(string name)
    {
        foreach (var entry in s_names)
        {
            if (entry.Name == name)
            {
                return entry.Spacing;
            }
        }

        throw new SamplingException(
            $"timestep spacing '{name}' is unknown: use {string.Join(", ", s_names.Select(entry => entry.Name))}");
    }

    /// <summary>The name that <see cref="Parse"/> reads.</summary>
    public static string Name(this TimestepSpacing spacing) => Array.Find(s_names, entry => entry.Spacing == spacing).Name;

    /// <summary>
    /// Timesteps for <paramref name="steps"/> (S) requested steps out of <paramref name="timesteps"/> (N), in ascending order.
    /// <see cref="TimestepSpacing.Uniform"/> gives ceil(N / c) of them, c = N / S rounded down, which is more than S where S
    /// does not divide N; <see cref="TimestepSpacing.Quad"/> may repeat small ones.
    /// </summary>
    /// <exception cref="SamplingException">S is not in 1 .. N, or the spacing needs a timestep beyond N - 1.</exception>
    public static int[] Timesteps(this TimestepSpacing spacing, int steps, int timesteps)
    {
        if (steps < 1 || steps > timesteps)
        {
            throw new SamplingException($"ddim steps {steps}: must be 1 to {timesteps}, the timesteps of the noise schedule");
        }

        var ascending = spacing switch
        {
            TimestepSpacing.Uniform => Uniform(steps, timesteps),
            TimestepSpacing.UniformTrailing => UniformTrailing(steps, timesteps),
            TimestepSpacing.Quad => Quad(steps, timesteps),
            _ => throw new ArgumentOutOfRangeException(nameof(spacing), spacing, null),
        };
        return ascending[^1] < timesteps
            ? ascending
            : throw new SamplingException(
                $"timestep spacing {spacing.Name()} with {steps} steps needs timestep {ascending[^1]}, but the last one is " +
                $"{timesteps - 1}: choose another number of steps or uniform_trailing");
    }

    private static int[] Uniform(int steps, int timesteps)
    {
        var stride = timesteps / steps;
        var result = new int[(timesteps + stride - 1) / stride];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = i * stride + 1;
        }

        return result;
    }

    private static int[] UniformTrailing(int steps, int timesteps)
    {
        // The stride is taken from the difference of the first two values, as numpy.arange does; the rounding depends on it.
        // numpy's count of values is ceil(N / (N / S)), which floating point makes S + 1 for some S (61, 103, ...): the
        // extra timestep would be -1, so it is left out.
        var stride = timesteps - (timesteps - (double)timesteps / steps);
        var result = new int[steps];
        for (var i = 0; i < steps; i++)
        {
            result[steps - 1 - i] = (int)Math.Round(timesteps - i * stride, MidpointRounding.ToEven) - 1;
        }

        return result;
    }

    private static int[] Quad(int steps, int timesteps)
    {
        var last = Math.Sqrt(timesteps * 0.8);
        var stride = steps > 1 ? last / (steps - 1) : 0;
        var result = new int[steps];
        for (var i = 0; i < steps; i++)
        {
            var root = i > 0 && i == steps - 1 ? last : i * stride;
            result[i] = (int)(root * root) + 1;
        }

        return result;
    }
}
