namespace WorldModelActors.Verify.Tests;

public sealed class ComparisonTests
{
    [Fact]
    public void Relative_error_is_that_of_the_norms()
    {
        var error = Error([1f, 2f, 2.3f], [1f, 2f, 2f]);
        Assert.Equal(0.3, error.MaximumAbsolute, 1e-6);
        Assert.Equal(0.1, error.RelativeL2, 1e-6);
    }

    [Fact]
    public void Against_zeros_the_absolute_difference_counts()
    {
        Assert.Equal(new ArrayError(0.5, 0.5), Error([0f, -0.5f], [0f, 0f]));
        Assert.Equal(default, Error([0f], [0f]));
    }

    [Fact]
    public void Infinities_are_equal_to_themselves_only()
    {
        const float infinity = float.NegativeInfinity;
        Assert.Equal(default, Error([infinity, 1f], [infinity, 1f]));
        Assert.Equal(double.PositiveInfinity, Error([infinity, 1f], [0f, 1f]).MaximumAbsolute);
        Assert.Equal(double.PositiveInfinity, Error([float.NaN], [float.NaN]).RelativeL2);
        Assert.Equal(double.PositiveInfinity, Error([1f], [float.NaN]).RelativeL2);
    }

    [Fact]
    public void Tolerances_bound_what_they_say()
    {
        Assert.True(Tolerances.Module.Accepts(100, 1e-5));
        Assert.False(Tolerances.Module.Accepts(0, 1.1e-5));
        Assert.False(Tolerances.Module.Accepts(0, double.NaN));
        Assert.False(Tolerances.SamplingRunStream.Accepts(6e-2, 1e-4, sensitivity: 1));
        Assert.True(Tolerances.RolloutStream.Accepts(5e-2, 100));
        Assert.False(Tolerance.Exact.Accepts(1e-30, 0));
        Assert.True(Tolerance.Exact.Accepts(0, 0));
    }

    [Theory]
    [InlineData(1.1e-3, 1e-4, null, true)]
    [InlineData(1.2e-3, 1e-4, null, false)]
    [InlineData(1.2e-3, 1e-4, 1.1e-3, false)]
    [InlineData(1.2e-3, 1e-4, 1.2e-3, true)]
    [InlineData(1.2e-3, 1e-4, double.NaN, false)]
    [InlineData(1e-3, 1.2e-3, 1.0, false)]
    [InlineData(double.NaN, 1e-4, 1.0, false)]
    public void Above_the_tables_number_the_runs_own_sensitivity_decides_and_nothing_else_is_loosened(
        double maximum, double relative, double? sensitivity, bool accepted) =>
        Assert.Equal(accepted, Tolerances.SamplingRunStream.Accepts(maximum, relative, sensitivity));

    [Theory]
    [InlineData(1e-3, 1e-4, false)]
    [InlineData(2e-3, 1e-4, true)]
    [InlineData(2e-3, 2e-3, false)]
    [InlineData(6e-2, 1e-4, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, false)]
    public void The_sensitivity_is_measured_only_where_it_can_decide(double maximum, double relative, bool measured) =>
        Assert.Equal(measured, Tolerances.SamplingRunStream.AsksForSensitivity(maximum, relative));

    [Fact]
    public void The_tolerances_are_those_of_the_specification()
    {
        Assert.Equal("1e-05 relative", Tolerances.Module.ToString());
        Assert.Equal("1e-04 relative", Tolerances.Forward.ToString());
        Assert.Equal("1e-03 relative", Tolerances.Synthesis.ToString());
        Assert.Equal("1.1e-03 relative, 1.1e-03 absolute or the run's sensitivity up to 5e-02", Tolerances.SamplingRunStream.ToString());
        Assert.Equal("7e-03 relative, 7e-03 absolute or the run's sensitivity up to 5e-02", Tolerances.GuidedSamplingRunStream.ToString());
        Assert.Equal("5e-02 absolute", Tolerances.RolloutStream.ToString());
        Assert.Equal("1 absolute", Tolerances.RolloutFrameLevels.ToString());
    }

    private static ArrayError Error(float[] actual, float[] expected)
    {
        using var scope = NewDisposeScope();
        return ArrayError.Of(tensor(actual), tensor(expected));
    }
}
