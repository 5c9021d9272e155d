using FsCheck.Fluent;

namespace WorldModelActors.Media.Tests;

public sealed class NormalizerTests
{
    [Theory]
    [InlineData("action", "action")]
    [InlineData("observation.state", "state")]
    public void Min_max_goes_there_and_back_as_the_reference(string feature, string key)
    {
        var statistics = GoldenData.Statistics(feature);
        var raw = GoldenData.Floats($"{key}_raw");
        var result = new float[raw.Length];
        Normalizer.Normalize(raw, statistics, NormalizationMode.MinMax, result);
        var normalised = GoldenData.Floats($"{key}_normalised");
        Compare.MeetsGolden(normalised, result);

        Normalizer.Unnormalize(normalised, statistics, NormalizationMode.MinMax, result);
        Compare.MeetsGolden(GoldenData.Floats($"{key}_unnormalised"), result);
    }

    [Fact]
    public void Mean_std_is_as_the_reference()
    {
        var statistics = new FeatureStatistics("action", null, null, GoldenData.Floats("mean"), GoldenData.Floats("std"));
        var raw = GoldenData.Floats("action_raw");
        var result = new float[raw.Length];
        Normalizer.Normalize(raw, statistics, NormalizationMode.MeanStd, result);
        Compare.MeetsGolden(GoldenData.Floats("action_meanstd"), result);

        Normalizer.Unnormalize(result, statistics, NormalizationMode.MeanStd, result);
        Compare.MeetsGolden(raw, result);
    }

    [Fact]
    public void Padding_follows_normalisation_and_the_mask_marks_the_robots_own_dimensions()
    {
        var action = UnifiedVector.Pad(GoldenData.Matrix("action_normalised"), "action");
        Assert.Equal(GoldenData.Floats("action_uni"), action.Values);
        Assert.Equal(GoldenData.Floats("action_mask"), UnifiedVector.Mask(5, 7).Values);
        Assert.Equal(GoldenData.Floats("state_uni"), UnifiedVector.Pad(GoldenData.Matrix("state_normalised"), "state").Values);
    }

    [Fact]
    public void Unnormalise_undoes_normalise()
    {
        var numbers = Gen.Choose(-1_000_000, 1_000_000).Select(n => n / 1000f);
        var cases = from x in numbers from low in numbers from range in Gen.Choose(1, 1_000_000) select (x, low, range / 1000f);
        Law.Holds(cases, c =>
        {
            var (x, low, range) = c;
            var statistics = new FeatureStatistics("x", [low], [low + range], [low], [range]);
            foreach (var mode in Enum.GetValues<NormalizationMode>())
            {
                var value = new[] { x };
                Normalizer.Normalize(value, statistics, mode, value);
                Normalizer.Unnormalize(value, statistics, mode, value);
                Assert.Equal(x, value[0], 1e-6f * (Math.Abs(x) + Math.Abs(low) + range) * 4f);
            }
        });
    }

    [Fact]
    public void A_dimension_that_never_moves_comes_back_at_its_minimum()
    {
        var statistics = new FeatureStatistics("x", [3f], [3f]);
        var value = new[] { 3f };
        Normalizer.Normalize(value, statistics, NormalizationMode.MinMax, value);
        Assert.Equal(-1f, value[0]);
        Normalizer.Unnormalize(value, statistics, NormalizationMode.MinMax, value);
        Assert.Equal(3f, value[0]);
    }

    [Fact]
    public void Statistics_that_do_not_fit_are_named()
    {
        var statistics = new FeatureStatistics("stats: action", [0f, 0f], [1f, 1f]);
        var width = Assert.Throws<PromptDataException>(() => Normalizer.Normalize(new float[3], statistics, NormalizationMode.MinMax, new float[3]));
        Assert.Contains("stats: action", width.Message);
        var mode = Assert.Throws<PromptDataException>(() => Normalizer.Normalize(new float[2], statistics, NormalizationMode.MeanStd, new float[2]));
        Assert.Contains("mean and std", mode.Message);
        var wide = Assert.Throws<PromptDataException>(() => UnifiedVector.Pad(new FloatMatrix(2, 17), "robot.h5: dataset 'action'"));
        Assert.Contains("17 dimensions", wide.Message);
    }
}
