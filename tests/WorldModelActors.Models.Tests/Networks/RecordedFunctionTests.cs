namespace WorldModelActors.Models.Tests;

/// <summary>Recordings by shape with a recorder that runs the work again where CUDA would replay it.</summary>
[Collection(LiveTensorsCollection.Name)]
public sealed class RecordedFunctionTests : IDisposable
{
    private readonly long _before = Tensor.TotalCount;
    private readonly List<string> _failures = [];
    private int _computed;

    public void Dispose() => Assert.Equal(_before, Tensor.TotalCount);

    [Fact]
    public void Results_are_those_of_the_function_for_every_shape_in_any_order()
    {
        var recorder = new Rerun();
        using var function = new RecordedFunction(SumAndProduct, 4, recorder, _failures.Add);
        using var scope = NewDisposeScope();
        var seed = 0;
        foreach (var rows in new[] { 1, 1, 2, 1, 2, 1, 3, 2, 4, 4, 4, 1 })
        {
            var (a, b) = (Numbers(++seed, rows), Numbers(-seed, rows));
            var results = function.Run(a, b);
            Assert.Equal((a + b).data<float>().ToArray(), results[0].data<float>().ToArray());
            Assert.Equal((a * b).data<float>().ToArray(), results[1].data<float>().ToArray());
        }

        Assert.Equal(4, function.Shapes);
        // All but the first call of each shape.
        Assert.Equal(8, recorder.Replays);
        Assert.Empty(_failures);
    }

    [Fact]
    public void A_result_stays_what_it_was_when_the_function_is_called_again()
    {
        using var function = new RecordedFunction(SumAndProduct, 1, new Rerun(), _failures.Add);
        using var scope = NewDisposeScope();
        var results = Enumerable.Range(1, 4).Select(i => function.Run(Numbers(i, 1), Numbers(i, 1))[0]).ToList();
        Assert.Equal(Enumerable.Range(1, 4).Select(i => 2f * i), results.Select(r => r.data<float>()[0]));
    }

    [Fact]
    public void Calls_of_many_rows_are_not_recorded()
    {
        var recorder = new Rerun();
        using var function = new RecordedFunction(SumAndProduct, 2, recorder, _failures.Add);
        using var scope = NewDisposeScope();
        for (var i = 0; i < 3; i++)
        {
            _ = function.Run(Numbers(1, 3), Numbers(2, 3));
        }

        Assert.Equal((0, 0, 3), (function.Shapes, recorder.Replays, _computed));
    }

    [Fact]
    public void Where_recording_fails_it_says_so_once_and_goes_on_without()
    {
        using var function = new RecordedFunction(SumAndProduct, 2, new Rerun { Fails = () => throw new TorchException("capture is not permitted") }, _failures.Add);
        using var scope = NewDisposeScope();
        for (var i = 1; i < 5; i++)
        {
            Assert.Equal(3f * i, function.Run(Numbers(i, 1), Numbers(2 * i, 1))[0].data<float>()[0]);
        }

        Assert.Contains("capture is not permitted", Assert.Single(_failures));
    }

    private static Tensor Numbers(int from, int rows) => arange(from, from + (3 * rows), ScalarType.Float32).view(rows, 3);

    private Tensor[] SumAndProduct(Tensor[] inputs)
    {
        _computed++;
        return [inputs[0] + inputs[1], inputs[0] * inputs[1]];
    }
}
