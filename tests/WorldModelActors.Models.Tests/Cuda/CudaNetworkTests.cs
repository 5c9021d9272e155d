using WorldModelActors.Models.ChannelsLast;

namespace WorldModelActors.Models.Tests;

/// <summary>Networks on CUDA against themselves on the CPU, in float32, and recorded.</summary>
[Collection(LiveTensorsCollection.Name)]
public sealed class CudaNetworkTests : IDisposable
{
    private readonly long _before = Tensor.TotalCount;
    private readonly DisposeScope? _scope;

    public CudaNetworkTests()
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device here");
        _scope = NewDisposeScope();
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
    }

    private static Device Gpu => new(DeviceType.CUDA, 0);

    public void Dispose()
    {
        if (_scope is null)
        {
            return;
        }

        _scope.Dispose();
        cuda.synchronize();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    [Fact]
    public void Random_weights_are_the_hosts_to_the_bit()
    {
        using var host = new RandomWeights(5, (8, 8));
        using var device = new RandomWeights(5, (8, 8), device: Gpu);
        long[][] shapes = [[7, 3, 3, 3], [64, 64], [129], [1, 77, 16]];
        foreach (var shape in shapes)
        {
            var expected = host.Parameter($"w{shape.Length}.weight", shape).data<float>().ToArray();
            Assert.Equal(expected, device.Parameter($"w{shape.Length}.weight", shape).cpu().data<float>().ToArray());
        }

        Assert.Equal(host.Parameter("embedding", 5, 5).data<float>().ToArray(), device.Parameter("embedding", 5, 5).cpu().data<float>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2e-4)]
    [InlineData(ScalarType.Float16, 8e-3)]
    [InlineData(ScalarType.BFloat16, 6e-2)]
    public void The_network_computes_what_it_computes_on_the_host(ScalarType type, double tolerance)
    {
        using var hostWeights = new RandomWeights(3, (8, 8));
        using var deviceWeights = new RandomWeights(3, (8, 8), device: Gpu, dtype: type);
        using var host = new WmaUNet(hostWeights.Scope("model.diffusion_model"), GraphSamples.Options);
        using var device = new WmaUNet(deviceWeights.Scope("model.diffusion_model"), GraphSamples.Options);
        using var expected = new GraphSamples(host, CPU, 3);
        using var actual = new GraphSamples(device, Gpu, 3);
        int[] batch = [0, 1, 2];
        expected.Draw(batch);
        actual.Draw(batch);
        foreach (var (e, a) in expected.Plain(batch).Zip(actual.Plain(batch)))
        {
            AssertNear(e, a, tolerance);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float16, 4e-3)]
    [InlineData(ScalarType.BFloat16, 3e-2)]
    public void The_autoencoder_computes_what_it_computes_in_float32(ScalarType type, double tolerance)
    {
        var options = new AutoencoderOptions { Channels = 64, ChannelMult = [1, 2, 2], NumResBlocks = 1 };
        using var fullWeights = new RandomWeights(3, (8, 8), device: Gpu);
        using var halfWeights = new RandomWeights(3, (8, 8), device: Gpu, dtype: type);
        // Biases are zero in random weights: make them count.
        IWeights Biased(IWeights below) => new BiasedWeights(below);
        var full = new FirstStage(new AutoencoderKL(Biased(fullWeights.Scope("first_stage_model")), options), 0.2);
        var half = new FirstStage(new AutoencoderKL(Biased(halfWeights.Scope("first_stage_model")), options), 0.2, type);
        using var generator = new Generator(4);
        var latents = randn([3, 4, 8, 12], generator: generator).to(Gpu);
        AssertNear(Host(full.DecodeScaled(latents)), Host(half.DecodeScaled(latents)), tolerance);
        var images = rand([2, 3, 32, 48], generator: generator).to(Gpu) * 2 - 1;
        using var expected = full.EncodePosterior(images);
        using var actual = half.EncodePosterior(images);
        AssertNear(Host(expected.Mean), Host(actual.Mean), 3 * tolerance);
    }

    /// <summary>The network on the device with and without a switch.</summary>
    [Theory]
    [InlineData("temporal-products")]
    [InlineData("branch-attention")]
    [InlineData("key-points")]
    [InlineData("heads-beside")]
    [InlineData("geglu-product")]
    public void A_kernel_switch_changes_only_the_rounding(string name)
    {
        Assert.SkipUnless(FusedKernels.Exist, "the shim was built without nvcc, or WMA_KERNELS=off");
        var kernel = KernelSwitches.All.FirstOrDefault(s => s.Name == name);
        Assert.SkipWhen(kernel is null, $"there is no switch {name}");
        using var weights = new RandomWeights(3, (8, 8), device: Gpu, dtype: ScalarType.Float16);
        using var network = new WmaUNet(weights.Scope("model.diffusion_model"), GraphSamples.Options);
        using var samples = new GraphSamples(network, Gpu, 3);
        int[] batch = [0, 1, 2];
        samples.Draw(batch);
        var expected = samples.Plain(batch);
        kernel!.IsOn = !kernel.IsOn;
        try
        {
            foreach (var (e, a) in expected.Zip(samples.Plain(batch)))
            {
                AssertNear(e, a, 4e-3);
            }
        }
        finally
        {
            kernel.IsOn = !kernel.IsOn;
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-4)]
    [InlineData(ScalarType.Float16, 5e-3)]
    public void Recorded_graphs_follow_samples_that_come_and_go(ScalarType type, double tolerance)
    {
        var stream = CudaStream.New(0);
        using var use = stream.Use();
        using var weights = new RandomWeights(3, (8, 8), device: Gpu, dtype: type);
        using var network = new WmaUNet(weights.Scope("model.diffusion_model"), GraphSamples.Options);
        cuda.synchronize();
        List<string> failures = [];
        using (var graphs = new UNetGraphs(network, [1, 2, 4], new CudaRecorder(Gpu), failures.Add))
        {
            using var samples = new GraphSamples(network, Gpu, 5);
            int[][] batches = [[0], [0], [0], [1], [0, 1], [0, 1], [1, 0], [2, 1], [0, 1, 2], [3, 1, 2, 0], [3, 1, 2, 0], [4, 3, 2, 0], [4], [2, 1], [0]];
            foreach (var batch in batches)
            {
                samples.Draw(batch);
                samples.AssertSame(graphs, batch, tolerance);
            }

            Assert.Empty(failures);
            Assert.True(graphs.IsOn);
        }

        stream.Synchronize();
    }

    [Fact]
    public void A_convolution_of_frames_is_three_products()
    {
        var type = ScalarType.Float16;
        using var owner = new TensorOwner();
        using var generator = new Generator(1);
        var weight = (randn([64, 64, 3, 1], generator: generator) * 0.07).to(type, Gpu);
        var convolution = new FrameConvolution(owner, weight, zeros([64], type, Gpu));
        var x = randn([2, 16, 9, 64], generator: generator).to(type, Gpu);
        AssertNear(Host(convolution.Forward(x)), Host(convolution.Products(x)), 2e-3);
    }

    private static float[] Host(Tensor t) => t.@float().cpu().contiguous().data<float>().ToArray();

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = Math.Sqrt(actual.Zip(expected).Sum(p => Math.Pow((double)p.First - p.Second, 2)) / Math.Max(1e-30, expected.Sum(v => (double)v * v)));
        Assert.True(error <= tolerance, $"relative error {error:0.0e-0}");
    }
}
