using System.Diagnostics;
using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>Evaluations of the backbone with the state head on random inputs.</summary>
internal sealed class BackboneRuns(GpuReport report, WmaUNet unet, Device device, DeviceTimer timer, int repeats) : IDisposable
{
    private Tensor? _latent;
    private Tensor? _state;

    /// <summary>Turns off every kernel switch that fails here, or whose result is another one.</summary>
    public void CheckSwitches()
    {
        using var scope = NewDisposeScope();
        using var inputs = UNetInputs.Random(unet.Options, unet, 1, device);
        var on = KernelSwitches.All.Where(s => s.IsOn).ToList();
        on.ForEach(s => s.IsOn = false);
        var plain = inputs.Evaluate(unet);
        foreach (var kernel in on)
        {
            kernel.IsOn = true;
            string? wrong;
            try
            {
                var output = inputs.Evaluate(unet);
                var difference = Math.Max(RelativeError(output.Latent, plain.Latent), RelativeError(output.State!, plain.State!));
                _ = Graph(inputs, 1);
                wrong = difference < 2e-2 ? null : $"differs by {difference:0.0e-0}";
            }
            catch (TorchException e)
            {
                wrong = e.Message;
            }
            if (wrong is not null)
            {
                kernel.IsOn = false;
                report.Notes.Add($"switch {kernel.Name} was turned off: {wrong}");
            }
        }
    }

    /// <summary>Times a size of batch.</summary>
    public void Time(int batch)
    {
        using var scope = NewDisposeScope();
        var index = Math.Max(0, device.index);
        CudaDevice.EmptyCache();
        CudaDevice.ResetPeakMemory(index);
        using var inputs = UNetInputs.Random(unet.Options, unet, batch, device);
        var since = Stopwatch.GetTimestamp();
        var output = inputs.Evaluate(unet);
        timer.Stream.Synchronize();
        var first = Stopwatch.GetElapsedTime(since).TotalSeconds;
        if (batch == 1)
            (_latent, _state) = (output.Latent.@float().DetachFromDisposeScope(), output.State!.@float().DetachFromDisposeScope());
        output.Latent.Dispose();
        output.State!.Dispose();
        var few = Math.Max(3, repeats / batch);
        var eager = timer.Milliseconds(() => inputs.Run(unet), few, warmUp: 1);
        var host = timer.HostMilliseconds(() => inputs.Run(unet));
        var graph = Graph(inputs, few);
        var rate = UNetFlops.Teraflops * batch / graph * 1e3;
        report.Batches.Add(new BatchTime(batch, first, eager, graph, host, rate / (report.Peaks?.MatmulTeraflops ?? double.NaN), CudaDevice.Allocated(index).Peak));
    }

    /// <summary>Where the time goes.</summary>
    public void Profile(int batch)
    {
        using var inputs = UNetInputs.Random(unet.Options, unet, batch, device);
        // Parts that run beside others have no time of their own.
        var beside = KernelSwitches.HeadsBeside.IsOn;
        KernelSwitches.HeadsBeside.IsOn = false;
        inputs.Run(unet);
        using var parts = new PartTimes(timer.Stream);
        using var start = new CudaEvent(timing: true);
        using var end = new CudaEvent(timing: true);
        using (PartClock.Use(parts))
        {
            start.Record(timer.Stream);
            inputs.Run(unet);
            end.Record(timer.Stream);
        }
        KernelSwitches.HeadsBeside.IsOn = beside;
        var sum = parts.Sum();
        report.Profiles.Add(new Profile(batch, start.ElapsedMilliseconds(end), sum));
    }

    /// <summary>Turns each switch over, one at a time.</summary>
    public void Switches(int batch)
    {
        using var scope = NewDisposeScope();
        using var inputs = UNetInputs.Random(unet.Options, unet, batch, device);
        var standing = inputs.Evaluate(unet).Latent.@double();
        foreach (var kernel in KernelSwitches.All)
        {
            kernel.IsOn = !kernel.IsOn;
            try
            {
                var difference = RelativeError(inputs.Evaluate(unet).Latent, standing);
                report.Switches.Add(new SwitchTime(kernel.Name, kernel.IsOn, batch, Graph(inputs, Math.Max(3, repeats / batch)), difference));
            }
            catch (TorchException e)
            {
                report.Notes.Add($"switch {kernel.Name}: {e.Message}");
            }
            finally
            {
                kernel.IsOn = !kernel.IsOn;
            }
        }
    }

    /// <summary>Errors of the batch of one against float32, and float32's milliseconds.</summary>
    public (double Latent, double State, double Milliseconds) Errors(WmaUNet full)
    {
        if (_latent is null || _state is null)
            throw new InvalidOperationException("a batch of 1 was not measured");
        using var scope = NewDisposeScope();
        using var inputs = UNetInputs.Random(full.Options, full, 1, device);
        var output = inputs.Evaluate(full);
        return (RelativeError(_latent, output.Latent), RelativeError(_state, output.State!), timer.Milliseconds(() => inputs.Run(full), 2, warmUp: 0));
    }

    public void Dispose()
    {
        _latent?.Dispose();
        _state?.Dispose();
    }

    private double Graph(UNetInputs inputs, int count)
    {
        inputs.Run(unet);
        using var captured = new CudaGraph();
        captured.Capture(() => inputs.Run(unet));
        var time = timer.Milliseconds(captured.Replay, count);
        timer.Stream.Synchronize();
        return time;
    }

    private static double RelativeError(Tensor value, Tensor reference)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (value.@double(), reference.@double());
        return (a - b).norm().ToDouble() / b.norm().ToDouble();
    }
}
