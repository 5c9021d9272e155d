using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class DenoiseConditionCacheTests(DemoModel demo)
{
    [Fact]
    public void ABatchOfTheSameSamplesIsJoinedOnce()
    {
        using var bench = new SampleBench(demo);
        using ConditionedSample first = bench.Begin(0, SamplingPhase.Policy), second = bench.Begin(1, SamplingPhase.World), third = bench.Begin(2, SamplingPhase.Policy);
        UNetConditioning a = first.Conditions.Single(), b = second.Conditions.Single(), c = third.Conditions.Single();
        var before = Tensor.TotalCount;
        using (var cache = new DenoiseConditionCache { MaxRows = 6 })
        {
            Assert.Same(a, cache.Join([a]));
            Assert.Equal(0, cache.Joins);
            var pair = cache.Join([a, b]);
            Assert.Equal(2, pair.Batch);
            // Three samples that take turns in pairs.
            for (var i = 0; i < 5; i++)
            {
                Assert.Same(pair, cache.Join([a, b]));
                cache.Join([a, c]);
                cache.Join([b, c]);
            }
            Assert.Equal((3, 6), (cache.Joins, cache.Rows));
            // No room for all of them: the one that was used longest ago goes.
            cache.Join([a, b, c]);
            Assert.Equal((4, 5), (cache.Joins, cache.Rows));
            cache.Join([b, c]);
            Assert.Equal(4, cache.Joins);
            // Order matters: rows are the batch's.
            cache.Join([c, b]);
            Assert.Equal(5, cache.Joins);
            cache.Forget(a);
            Assert.Equal(4, cache.Rows);
            cache.Forget(b);
            Assert.Equal(0, cache.Rows);
            Assert.Equal(before, Tensor.TotalCount);
            cache.Join([a, b]);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
