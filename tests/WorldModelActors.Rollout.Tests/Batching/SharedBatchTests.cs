using System.Runtime.InteropServices;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// What a sample becomes does not depend on who shares its steps. Another number of rows selects other kernels, which round otherwise;
/// with equal numbers of rows results are equal to the bit, in every place and with any neighbours.
/// </summary>
/// <remarks>
/// The action and state streams of whole runs are not compared across batch sizes: their first step divides by 5e-5, which makes 1e-2 of a
/// rounding. The heads' outputs are, call by call.
/// </remarks>
[Collection(DemoModelCollection.Name)]
public sealed class SharedBatchTests(DemoModel demo)
{
    private const double OtherBatch = 1e-5;

    /// <summary>Samples that differ in everything that may differ within a batch; steps that they are ahead of the others.</summary>
    private static readonly (string Name, int Prompt, SamplingPhase Phase, int Ahead, Func<EpisodePlan, EpisodePlan> Change)[] s_kinds =
    [
        ("policy", 0, SamplingPhase.Policy, 0, p => p with { DdimSteps = 2 }),
        ("world", 1, SamplingPhase.World, 1, p => p with { DdimSteps = 3 }),
        ("without noise", 2, SamplingPhase.Policy, 0, p => p with { DdimSteps = 3, DdimEta = 0, Seed = 7 }),
        ("guided", 1, SamplingPhase.Policy, 0, p => p with { DdimSteps = 2, GuidanceScale = 2, GuidanceRescale = 0.7 }),
        ("other schedule", 0, SamplingPhase.World, 1, p => p with { DdimSteps = 4, DdimEta = 0.5, Spacing = TimestepSpacing.Uniform, FrameRateCondition = 5 }),
    ];

    // The tests of a class run one after the other.
    private static readonly Dictionary<int, (float[] Latent, List<float[]> Heads)> s_alone = [];

    public static TheoryData<int[]> Mixtures => new(Pairs().Concat(
    [
        [0, 0, 1], [1, 2, 0], [2, 3, 4], [3, 3, 2], [4, 1, 3],
        [0, 1, 2, 4], [3, 0, 4, 1], [2, 2, 2, 2], [4, 3, 3, 0],
    ]));

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void ASampleAloneAndInAMixtureIsTheSame(int[] kinds)
    {
        var before = Tensor.TotalCount;
        (float[] Latent, List<float[]> Heads)[] together;
        using (var bench = new SampleBench(demo))
        {
            foreach (var kind in kinds.Where(k => !s_alone.ContainsKey(k)).Distinct())
                s_alone.Add(kind, Run(bench, [kind])[0]);
            together = Run(bench, kinds);
        }
        for (var i = 0; i < kinds.Length; i++)
        {
            var (alone, shared, name) = (s_alone[kinds[i]], together[i], s_kinds[kinds[i]].Name);
            Assert.InRange(RelativeError(shared.Latent, alone.Latent), 0, OtherBatch);
            Assert.True(shared.Heads.Count > 0, name);
            // Only the first common call has the same inputs to the last bit.
            Assert.InRange(RelativeError(shared.Heads[0], alone.Heads[0]), 0, OtherBatch);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>Same number of rows: bit for bit, whatever the place, the neighbours, the heads that they read, and the threads.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void InBatchesOfEqualSizeASampleIsTheSameToTheBit(int size)
    {
        using var bench = new SampleBench(demo);
        foreach (var phase in new[] { SamplingPhase.Policy, SamplingPhase.World })
        {
            (float[] Latent, float[] Head)? expected = null;
            for (var place = 0; place < size; place++)
            {
                for (var variant = 0; variant < 2; variant++)
                {
                    var call = new List<ConditionedSample>();
                    for (var i = 0; i < size; i++)
                    {
                        var kind = s_kinds[((i + variant) * 2 % 3) + (2 * variant)];
                        // Guided samples would take two rows.
                        call.Add(i == place
                            ? bench.Begin(0, phase)
                            : bench.Begin(kind.Prompt, kind.Phase, p => kind.Change(p) with { GuidanceScale = 1 }));
                    }
                    var (latent, head) = OneStep(call, place);
                    call.ForEach(s => s.Dispose());
                    expected ??= (latent, head);
                    AssertSameBits(expected.Value.Latent, latent, $"{phase} latent, place {place} of {size}, neighbours {variant}");
                    AssertSameBits(expected.Value.Head, head, $"{phase} head, place {place} of {size}, neighbours {variant}");
                }
            }
        }
    }

    private static IEnumerable<int[]> Pairs()
    {
        for (var a = 0; a < s_kinds.Length; a++)
        {
            for (var b = a + 1; b < s_kinds.Length; b++)
                yield return (a + b) % 2 == 0 ? [a, b] : [b, a];
        }
    }

    /// <summary>Runs samples together, each to its end; the heads' outputs are those of the steps after those that it was ahead.</summary>
    private (float[] Latent, List<float[]> Heads)[] Run(SampleBench bench, int[] kinds)
    {
        var samples = kinds.Select(k => bench.Begin(s_kinds[k].Prompt, s_kinds[k].Phase, s_kinds[k].Change)).ToArray();
        var results = samples.Select(_ => (Latent: Array.Empty<float>(), Heads: new List<float[]>())).ToArray();
        using var conditions = new DenoiseConditionCache();
        DenoiserOutput Network(DenoiserInput<UNetConditioning> input) => ConditionedSample.Network(demo.Model.UNet, input, conditions);
        for (var i = 0; i < samples.Length; i++)
        {
            for (var ahead = 0; ahead < s_kinds[kinds[i]].Ahead; ahead++)
                DdimSampler.Step<UNetConditioning>([samples[i].State], Network, joinGuidance: true);
        }
        while (samples.Any(s => !s.State.IsFinished))
        {
            DdimSampler.Step(
                [.. samples.Where(s => !s.State.IsFinished).Select(s => s.State)],
                Network,
                (state, step) => results[Array.FindIndex(samples, s => s.State == state)].Heads.Add(Values(step.ActionNoise ?? step.StateNoise!)),
                joinGuidance: true);
        }
        for (var i = 0; i < samples.Length; i++)
        {
            results[i].Latent = Values(samples[i].State.Latent);
            samples[i].Dispose();
        }
        return results;
    }

    private (float[] Latent, float[] Head) OneStep(List<ConditionedSample> call, int place)
    {
        (float[], float[]) seen = ([], []);
        DdimSampler.Step(
            [.. call.Select(s => s.State)],
            input => ConditionedSample.Network(demo.Model.UNet, input),
            (state, step) =>
            {
                if (state == call[place].State)
                    seen = (Values(step.PreviousLatent), Values(step.ActionNoise ?? step.StateNoise!));
            });
        return seen;
    }

    private static float[] Values(Tensor tensor)
    {
        using var dense = tensor.contiguous();
        return dense.data<float>().ToArray();
    }

    private static double RelativeError(float[] actual, float[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = actual.Zip(expected).Sum(p => Math.Pow((double)p.First - p.Second, 2));
        return Math.Sqrt(difference / expected.Sum(v => Math.Pow(v, 2)));
    }

    private static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        Assert.NotEmpty(actual);
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)), $"{what} differs");
    }
}
