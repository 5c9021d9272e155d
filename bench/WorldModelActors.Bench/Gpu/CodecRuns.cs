using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>Autoencoder and image tower on random latents and pictures.</summary>
internal sealed class CodecRuns : IDisposable
{
    private readonly GpuReport _report;
    private readonly DeviceTimer _timer;
    private readonly Tensor _latents;
    private readonly Tensor _images;
    private readonly Dictionary<int, Tensor> _decoded = [];

    public CodecRuns(GpuReport report, WorldModelOptions options, Device device, DeviceTimer timer)
    {
        (_report, _timer) = (report, timer);
        using var scope = NewDisposeScope();
        var (height, width) = options.ImageSize;
        manual_seed(1);
        _latents = (randn([options.UNet.TemporalLength, 4, options.LatentSize.Height, options.LatentSize.Width]).to(device) * options.Diffusion.ScaleFactor).DetachFromDisposeScope();
        _images = (rand([1, 3, height, width]).to(device) * 2 - 1).DetachFromDisposeScope();
    }

    public void Time(WorldModel model)
    {
        using var scope = NewDisposeScope();
        var stage = model.FirstStage;
        _decoded[_report.Codecs.Count] = stage.DecodeScaled(_latents).clamp(-1, 1).DetachFromDisposeScope();
        var one = _latents.narrow(0, 0, 1);
        _report.Codecs.Add(new CodecTime(
            model.Dtype.ToString().ToLowerInvariant(),
            _timer.Milliseconds(() => stage.DecodeScaled(_latents).Dispose(), 5),
            _timer.Milliseconds(() => stage.DecodeScaled(one).Dispose(), 5),
            _timer.Milliseconds(() => stage.EncodePosterior(_images).Dispose(), 5),
            _timer.Milliseconds(() => model.Conditions.EmbedImages(_images).Dispose(), 5),
            null));
    }

    /// <summary>The same in float32, and how far the others are from it.</summary>
    public void Compare(WorldModel full)
    {
        using var scope = NewDisposeScope();
        var expected = full.FirstStage.DecodeScaled(_latents).clamp(-1, 1);
        foreach (var (row, decoded) in _decoded)
            _report.Codecs[row] = _report.Codecs[row] with { Decibels = -10 * Math.Log10((decoded - expected).square().mean().ToDouble() / 4) };
        Time(full);
    }

    public void Dispose()
    {
        _latents.Dispose();
        _images.Dispose();
        foreach (var decoded in _decoded.Values)
            decoded.Dispose();
    }
}
