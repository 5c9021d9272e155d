namespace WorldModelActors.Sampling.Tests;

public class TimestepSpacingTests
{
    private const int N = 1000;

    [Theory]
    [InlineData("uniform")]
    [InlineData("uniform_trailing")]
    [InlineData("quad")]
    public void Timesteps_equal_the_reference(string spacing)
    {
        using var golden = Golden.Open("schedules.safetensors");
        foreach (var steps in (int[])[10, 16, 25, 50])
        {
            Assert.Equal(
                golden.ReadInt64s($"{spacing}.S{steps}.eta0.ddim_timesteps"),
                TimestepSpacings.Parse(spacing).Timesteps(steps, N).Select(t => (long)t));
        }
    }

    [Fact]
    public void Trailing_rounds_half_to_even()
    {
        Assert.Equal(
            [61, 124, 187, 249, 311, 374, 437, 499, 561, 624, 687, 749, 811, 874, 937, 999],
            TimestepSpacing.UniformTrailing.Timesteps(16, N));
    }

    [Fact]
    public void Uniform_may_give_more_steps_than_asked_for()
    {
        Assert.Equal(17, TimestepSpacing.Uniform.Timesteps(16, N).Length);
    }

    [Fact]
    public void Uniform_of_3_steps_is_a_clear_error()
    {
        var error = Assert.Throws<SamplingException>(() => TimestepSpacing.Uniform.Timesteps(3, N));
        Assert.Equal(
            "timestep spacing uniform with 3 steps needs timestep 1000, but the last one is 999: choose another number of steps " +
            "or uniform_trailing",
            error.Message);
    }

    [Fact]
    public void Trailing_gives_exactly_the_steps_asked_for_rising_strictly_up_to_the_last()
    {
        for (var steps = 1; steps <= N; steps++)
        {
            var timesteps = TimestepSpacing.UniformTrailing.Timesteps(steps, N);
            Assert.Equal(steps, timesteps.Length);
            Assert.Equal(N - 1, timesteps[^1]);
            Assert.True(timesteps[0] >= 0, $"S = {steps} begins at {timesteps[0]}");
            AssertRises(timesteps, strictly: true, steps);
        }
    }

    [Fact]
    public void Uniform_rises_strictly_by_the_stride_or_is_refused_exactly_where_it_would_leave_the_schedule()
    {
        for (var steps = 1; steps <= N; steps++)
        {
            var stride = N / steps;
            if ((N - 1) % stride == 0)
            {
                Assert.Throws<SamplingException>(() => TimestepSpacing.Uniform.Timesteps(steps, N));
                continue;
            }

            var timesteps = TimestepSpacing.Uniform.Timesteps(steps, N);
            Assert.Equal((N + stride - 1) / stride, timesteps.Length);
            Assert.Equal(1, timesteps[0]);
            Assert.All(timesteps.Zip(timesteps.Skip(1)), pair => Assert.Equal(stride, pair.Second - pair.First));
        }
    }

    [Fact]
    public void Quad_rises_from_1_to_801()
    {
        for (var steps = 1; steps <= N; steps++)
        {
            var timesteps = TimestepSpacing.Quad.Timesteps(steps, N);
            Assert.Equal(steps, timesteps.Length);
            Assert.Equal(1, timesteps[0]);
            Assert.Equal(steps == 1 ? 1 : 801, timesteps[^1]);
            AssertRises(timesteps, strictly: false, steps);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public void Step_counts_outside_the_schedule_are_refused(int steps)
    {
        foreach (var spacing in Enum.GetValues<TimestepSpacing>())
        {
            var error = Assert.Throws<SamplingException>(() => spacing.Timesteps(steps, N));
            Assert.Contains($"ddim steps {steps}: must be 1 to 1000", error.Message);
        }
    }

    [Fact]
    public void Names_are_read_back()
    {
        foreach (var spacing in Enum.GetValues<TimestepSpacing>())
        {
            Assert.Equal(spacing, TimestepSpacings.Parse(spacing.Name()));
        }

        var error = Assert.Throws<SamplingException>(() => TimestepSpacings.Parse("linear"));
        Assert.Equal("timestep spacing 'linear' is unknown: use uniform, uniform_trailing, quad", error.Message);
    }

    private static void AssertRises(int[] timesteps, bool strictly, int steps)
    {
        for (var i = 1; i < timesteps.Length; i++)
        {
            Assert.True(timesteps[i] >= timesteps[i - 1] + (strictly ? 1 : 0), $"S = {steps} does not rise at {i}");
        }
    }
}
