using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Rollout.Tests;

public class ObservationQueueTests
{
    /// <summary>The reference's own trace: call i pushes s = i and a = 10 + i, a is absent in call 2.</summary>
    [Fact]
    public void FollowsTheReferenceTrace()
    {
        using var golden = SafetensorsFile.Open(Path.Combine(DemoModel.Folder, "..", "..", "tests", "golden", "data.safetensors"));
        var trace = golden.ReadFloats("queue_trace");
        var s = new ObservationQueue<float>(2);
        var a = new ObservationQueue<float>(4);
        for (var call = 0; call < trace.Length / 6; call++)
        {
            s.Push(call);
            if (call != 2)
                a.Push(10 + call);
            Assert.Equal(trace[(call * 6)..((call + 1) * 6)], s.Items.Concat(a.Items));
        }
    }

    [Fact]
    public void HoldsTheLastItemsAfterTheFirstFilledIt() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyArray<int>>(),
            ArbMap.Default.ArbFor<PositiveInt>(),
            (items, length) =>
            {
                var queue = new ObservationQueue<int>(length.Get);
                foreach (var item in items.Get)
                    queue.Push(item);
                var expected = Enumerable.Repeat(items.Get[0], length.Get).Concat(items.Get.Skip(1)).TakeLast(length.Get);
                return queue.Items.SequenceEqual(expected);
            }).QuickCheckThrowOnFailure();
}
