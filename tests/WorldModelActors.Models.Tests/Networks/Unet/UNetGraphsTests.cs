namespace WorldModelActors.Models.Tests;

/// <summary>Slots and recordings with a recorder that runs the work again where CUDA would replay it.</summary>
[Collection(LiveTensorsCollection.Name)]
public sealed class UNetGraphsTests : IDisposable
{
    private const double Rounding = 1e-5;
    private readonly long _before = Tensor.TotalCount;
    private readonly RandomWeights _weights = new(3, (8, 8));
    private readonly WmaUNet _unet;
    private readonly List<string> _failures = [];

    public UNetGraphsTests() => _unet = new WmaUNet(_weights.Scope("model.diffusion_model"), GraphSamples.Options);

    public void Dispose()
    {
        _unet.Dispose();
        _weights.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void Samples_come_and_go_and_every_row_is_what_it_is_operator_by_operator()
    {
        var recorder = new Rerun();
        using var graphs = new UNetGraphs(_unet, [1, 2, 4], recorder, _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 5);
        int[][] batches = [[0], [0], [0], [0, 1], [0, 1], [1, 0], [0, 1, 2], [3, 1, 2, 0], [3, 1, 2, 0], [4, 3], [2]];
        foreach (var batch in batches)
        {
            samples.Draw(batch);
            samples.AssertSame(graphs, batch, Rounding);
        }

        // Four sizes of batch in three sizes of slots.
        Assert.Equal(3, graphs.Buckets);
        Assert.Empty(_failures);
        Assert.True(recorder.Replays > 0);
    }

    [Fact]
    public void A_conditioning_is_copied_only_where_its_sample_is_new_in_the_slot()
    {
        using var graphs = new UNetGraphs(_unet, [2], new Rerun(), _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 3);
        foreach (var (batch, copies) in new[] { (new[] { 0, 1 }, 2), ([0, 1], 2), ([0, 2], 3), ([0, 2], 3), ([0], 4), ([1], 5) })
        {
            samples.Draw(batch);
            samples.AssertSame(graphs, batch, Rounding);
            Assert.Equal(copies, graphs.Copies);
        }

        graphs.Forget(samples.Conditions[1]);
        samples.AssertSame(graphs, [1], Rounding);
        Assert.Equal(6, graphs.Copies);
    }

    [Fact]
    public void The_first_evaluation_warms_up_the_second_is_recorded_the_rest_are_replayed()
    {
        var recorder = new Rerun();
        using var graphs = new UNetGraphs(_unet, [1], recorder, _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 1);
        foreach (var (recorded, replayed) in new[] { (0, 0), (1, 1), (1, 2), (1, 3) })
        {
            samples.Draw([0]);
            samples.AssertSame(graphs, [0], Rounding);
            Assert.Equal((recorded, replayed), (recorder.Recordings, recorder.Replays));
        }
    }

    [Fact]
    public void Where_recording_fails_it_is_said_once_and_nothing_is_recorded_any_more()
    {
        using var graphs = new UNetGraphs(_unet, [1], new Rerun { Fails = () => throw new TorchException("capture is not permitted") }, _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 1);
        samples.Draw([0]);
        samples.AssertSame(graphs, [0], Rounding);
        Assert.Null(samples.Run(graphs, [0]));
        Assert.Null(samples.Run(graphs, [0]));
        Assert.False(graphs.IsOn);
        Assert.Contains("capture is not permitted", Assert.Single(_failures));
        Assert.Equal(0, graphs.Buckets);
    }

    [Fact]
    public void Out_of_memory_is_the_callers_to_handle_and_frees_the_slots()
    {
        var full = true;
        using var graphs = new UNetGraphs(_unet, [1], new Rerun { Fails = () => Fill(full) }, _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 1);
        samples.Draw([0]);
        samples.AssertSame(graphs, [0], Rounding);
        Assert.True(Assert.Throws<TorchException>(() => samples.Run(graphs, [0])).IsOutOfMemory);
        Assert.Equal((true, 0), (graphs.IsOn, graphs.Buckets));
        full = false;
        samples.AssertSame(graphs, [0], Rounding);
        samples.AssertSame(graphs, [0], Rounding);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Batches_that_no_recording_is_for_are_left_to_the_network()
    {
        using var graphs = new UNetGraphs(_unet, [1, 2], new Rerun(), _failures.Add);
        using var samples = new GraphSamples(_unet, CPU, 3);
        samples.Draw([0, 1, 2]);
        Assert.Null(samples.Run(graphs, [0, 1, 2]));
        Assert.Equal([1, 2, null, null], new[] { 1, 2, 3, 16 }.Select(graphs.SlotsFor));
    }

    [Fact]
    public void Rows_that_read_the_same_head_are_neighbours()
    {
        const HeadSelection A = HeadSelection.Action, S = HeadSelection.State, Both = HeadSelection.Both, None = HeadSelection.None;
        var order = SlotOrder.Of([S, A, None, S, Both, A]);
        Assert.Equal([4, 1, 0, 5, 3, 2], order.Slots);
        Assert.Equal(((1, 3), (3, 3), false), (order.Action, order.State, order.IsIdentity));
        order = SlotOrder.Of([A, A]);
        Assert.Equal(((0, 2), (0, 0), true), (order.Action, order.State, order.IsIdentity));
    }

    private static void Fill(bool now)
    {
        // More than there are addresses.
        if (now)
        {
            empty([1L << 46]).Dispose();
        }
    }
}
