namespace WorldModelActors.Models.Tests;

/// <summary>
/// Samples of a small network, conditioned on different contexts, each reading the action head, the state head or both, with inputs that are
/// drawn anew for every evaluation.
/// </summary>
internal sealed class GraphSamples : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly WmaUNet _unet;
    private readonly Device _device;
    private Tensor[] _inputs = [];
    private int _seed = 100;

    public GraphSamples(WmaUNet unet, Device device, int count)
    {
        (_unet, _device) = (unet, device);
        var options = unet.Options;
        for (var i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            var heads = Heads(i);
            using var observation = unet.EncodeObservation(
                Randn(1, 3, options.NumObsSteps, options.Head.ImageSize.Height, options.Head.ImageSize.Width).clamp(-1, 1), Randn(1, options.NumObsSteps, options.Head.ObsStateDim), heads);
            // State, one token per action, text, image.
            var context = Randn(1, options.NumObsSteps + options.TemporalLength + 77 + ((long)options.NumStemToken * options.TemporalLength), options.ContextDim);
            Conditions.Add(unet.Prepare(context, full([1], 5 + i, ScalarType.Int64, device), observation, Randn(1, 4, 1, 8, 8)));
        }
    }

    /// <summary>A small network with everything that the large one has.</summary>
    public static UNetOptions Options { get; } = TinyModel.Options.UNet with
    {
        ModelChannels = 64,
        ChannelMult = [1, 2],
        NumResBlocks = 1,
        NumHeadChannels = 64,
        AttentionResolutions = [2, 1],
        Head = TinyModel.Options.UNet.Head with { LatentSize = (8, 8), ImageSize = (64, 64), DownDims = [16, 24] },
    };

    public List<UNetConditioning> Conditions { get; } = [];

    /// <summary>Heads that a sample reads.</summary>
    public static HeadSelection Heads(int sample) => (sample % 3) switch
    {
        0 => HeadSelection.State,
        1 => HeadSelection.Action,
        _ => HeadSelection.Both,
    };

    /// <summary>New inputs for a batch.</summary>
    public void Draw(int[] batch)
    {
        using var scope = NewDisposeScope();
        foreach (var tensor in _inputs)
        {
            tensor.Dispose();
        }

        _inputs =
        [
            Randn(batch.Length, 4, 16, 8, 8), Randn(batch.Length, 16, 16), Randn(batch.Length, 16, 16),
            tensor([.. batch.Select(i => (100L * i) + _seed)], device: _device),
        ];
        foreach (var input in _inputs)
        {
            input.DetachFromDisposeScope();
        }
    }

    /// <summary>The last inputs, evaluated by recordings, on the host; null where they are not made.</summary>
    public float[][]? Run(UNetGraphs graphs, int[] batch)
    {
        using var scope = NewDisposeScope();
        return graphs.Forward(_inputs[0], _inputs[1], _inputs[2], _inputs[3], [.. batch.Select(i => Conditions[i])], [.. batch.Select(Heads)]) is { } output
            ? Values(output)
            : null;
    }

    /// <summary>The last inputs, operator by operator.</summary>
    public float[][] Plain(int[] batch)
    {
        using var scope = NewDisposeScope();
        using var joined = UNetConditioning.Cat([.. batch.Select(i => Conditions[i])]);
        return Values(_unet.Forward(_inputs[0], _inputs[1], _inputs[2], _inputs[3], joined, [.. batch.Select(Heads)]));
    }

    /// <summary>Recordings and operators give the same, up to a relative L2 error.</summary>
    public void AssertSame(UNetGraphs graphs, int[] batch, double tolerance)
    {
        var actual = Run(graphs, batch) ?? throw new InvalidOperationException("no recording was used");
        foreach (var (a, e) in actual.Zip(Plain(batch)))
        {
            Assert.Equal(e.Length, a.Length);
            var error = Math.Sqrt(a.Zip(e).Sum(p => Math.Pow((double)p.First - p.Second, 2)) / Math.Max(1e-30, e.Sum(v => (double)v * v)));
            Assert.True(error <= tolerance, $"batch {string.Join(' ', batch)}: relative error {error:0.0e-0}");
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _inputs)
        {
            tensor.Dispose();
        }

        Conditions.ForEach(c => c.Dispose());
        _scope.Dispose();
    }

    private static float[][] Values(UNetOutput output) =>
        [.. new[] { output.Latent, output.Action, output.State }.Select(t => t is null ? [] : t.@float().cpu().contiguous().data<float>().ToArray())];

    private Tensor Randn(params long[] shape)
    {
        using var generator = new Generator((ulong)_seed++);
        return randn(shape, generator: generator).to(_device);
    }
}
