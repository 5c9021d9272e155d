using System.Runtime.InteropServices;
using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class SharedBatchTests(DemoModel demo)
{
    [Fact]
    public void Explore()
    {
        using var bench = new SampleBench(demo);
        foreach (var threads in new[] { 1, 2 })
        {
        set_num_threads(threads);
        for (var size = 2; size <= 4; size++)
        {
            var reference = new Dictionary<int, (float[] L, float[] A)>();
            for (var position = 0; position < size; position++)
            {
                for (var other = 0; other < 3; other++)
                {
                    using var scope = NewDisposeScope();
                    var batch = new List<ConditionedSample>();
                    for (var i = 0; i < size; i++)
                        batch.Add(i == position ? bench.Begin(0, SamplingPhase.Policy)
                            : bench.Begin(1 + ((i + other) % 2), other == 1 ? SamplingPhase.World : SamplingPhase.Policy, p => p with { DdimSteps = 1 + i + other }));
                    float[] l = [], a = [];
                    DdimSampler.Step<UNetConditioning>([.. batch.Select(b => b.State)], x => ConditionedSample.Network(demo.Model.UNet, x), (s, step) =>
                    {
                        if (ReferenceEquals(s, batch[position].State)) { l = step.Prediction.contiguous().data<float>().ToArray(); a = step.ActionNoise!.contiguous().data<float>().ToArray(); }
                    });
                    if (reference.Count == 0) reference[0] = (l, a);
                    var bl = MemoryMarshal.AsBytes(l.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(reference[0].L.AsSpan()));
                    var ba = MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(reference[0].A.AsSpan()));
                    Console.WriteLine($"threads {threads} size {size} position {position} others {other}: latent {bl} action {ba} {l.Zip(reference[0].L).Count(p => p.First != p.Second)}/{l.Length} maxdiff {l.Zip(reference[0].L).Max(p => Math.Abs(p.First - p.Second))} {a.Zip(reference[0].A).Max(p => Math.Abs(p.First - p.Second))}");
                    batch.ForEach(b => b.Dispose());
                }
            }
        }
        }
    }
}
