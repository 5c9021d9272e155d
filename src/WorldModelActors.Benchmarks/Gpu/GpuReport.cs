using System.Globalization;
using System.Text.Json;
using WorldModelActors.Engine;

namespace WorldModelActors.Benchmarks;

/// <summary>The backbone with one head at one size of batch.</summary>
/// <param name="Batch">Samples.</param>
/// <param name="FirstSeconds">Seconds of the first evaluation, in which libraries look for their fastest algorithms.</param>
/// <param name="Eager">Milliseconds, operator by operator.</param>
/// <param name="Graph">Milliseconds as a CUDA graph.</param>
/// <param name="Host">Milliseconds in which the host submits it operator by operator.</param>
/// <param name="PeakShare">Of the measured matrix product's rate; null where that was not measured.</param>
/// <param name="PeakBytes">Most memory in tensors, weights included.</param>
public sealed record BatchTime(int Batch, double FirstSeconds, double Eager, double Graph, double Host, double? PeakShare, long PeakBytes);

/// <summary>A kernel switch turned over, as a CUDA graph.</summary>
/// <param name="Switch">Its name.</param>
/// <param name="On">How it stood.</param>
/// <param name="Batch">Samples.</param>
/// <param name="Milliseconds">Of an evaluation.</param>
/// <param name="Difference">Relative L2 difference of the latent from the standing switches' result.</param>
public sealed record SwitchTime(string Switch, bool On, int Batch, double Milliseconds, double Difference);

/// <summary>Where the time of an evaluation goes.</summary>
public sealed record Profile(int Batch, double Milliseconds, IReadOnlyList<PartTime> Parts);

/// <summary>Autoencoder and image tower in one element type.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Decode">Milliseconds to decode 16 frames in one call.</param>
/// <param name="DecodeOne">Milliseconds to decode one.</param>
/// <param name="Encode">Milliseconds to encode one image.</param>
/// <param name="Clip">Milliseconds from one image to its tokens.</param>
/// <param name="Decibels">PSNR of the decoded frames against float32; null for float32, and where that was not measured.</param>
public sealed record CodecTime(string Type, double Decode, double DecodeOne, double Encode, double Clip, double? Decibels);

/// <summary>How far half precision is from float32.</summary>
/// <param name="Latent">Relative L2 error of an evaluation's latent.</param>
/// <param name="State">Relative L2 error of its state head.</param>
/// <param name="Steps">Denoising steps of each call of the rollout.</param>
/// <param name="DecibelsByIteration">PSNR of the frames of each iteration of a rollout with the same noise.</param>
/// <param name="Float32Milliseconds">Of an evaluation in float32.</param>
public sealed record Accuracy(double Latent, double State, int Steps, IReadOnlyList<double> DecibelsByIteration, double Float32Milliseconds);

/// <summary>Result of <see cref="GpuBenchmark"/>; parts that were not reached or failed are missing, and <see cref="Notes"/> says why.</summary>
public sealed record GpuReport
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public required Machine Machine { get; init; }

    public required DateTime Measured { get; init; }

    public required int Devices { get; init; }

    public required string Type { get; init; }

    public required bool Kernels { get; init; }

    /// <summary>What the actors ran on.</summary>
    public required string Engine { get; init; }

    /// <summary>Floating-point operations of an evaluation with one head, from the configuration's goal.</summary>
    public required double TeraflopsPerForward { get; init; }

    public ChipPeaks? Peaks { get; set; }

    public double LoadSeconds { get; set; }

    public List<BatchTime> Batches { get; } = [];

    public List<SwitchTime> Switches { get; } = [];

    public List<Profile> Profiles { get; } = [];

    public List<CodecTime> Codecs { get; } = [];

    public List<ActorRun> Runs { get; } = [];

    /// <summary>The same work on 1, 2, 4, ... devices, an episode on each.</summary>
    public List<ActorRun> Scaling { get; } = [];

    public Accuracy? Accuracy { get; set; }

    public List<string> Notes { get; } = [];

    public double Seconds { get; set; }

    /// <summary>An empty report of what is about to be measured.</summary>
    internal static GpuReport Begin(Device device, ScalarType type, IActorEngine engine) => new()
    {
        Machine = Machine.Describe(device),
        Measured = DateTime.UtcNow,
        Devices = cuda.device_count(),
        Type = type.ToString().ToLowerInvariant(),
        Kernels = FusedKernels.Exist,
        Engine = engine.Name,
        TeraflopsPerForward = UNetFlops.Teraflops,
    };

    public void Save(string file) => File.WriteAllText(file, ToJson());

    public string ToJson() => JsonSerializer.Serialize(this, s_json) + "\n";

    public void Print(TextWriter to)
    {
        void Line(FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        Line($"{Devices} x {Machine.Device}, libtorch {Machine.LibTorch}, {Type}, own kernels {(Kernels ? "on" : "off")}, {Engine} engine, model built in {LoadSeconds:F1} s, all of this in {Seconds:F0} s");
        if (Peaks is { } peaks)
            Line($"peak: bf16 matmul {peaks.MatmulTeraflops:F0} TFLOP/s, copy {peaks.CopyTerabytes:F2} TB/s");
        if (Batches.Count > 0)
            Line($"{"batch",6}{"first s",9}{"eager ms",10}{"graph ms",10}{"ms/sample",11}{"of peak",9}{"host ms",9}{"peak GB",9}");
        foreach (var b in Batches)
            Line($"{b.Batch,6}{b.FirstSeconds,9:F1}{b.Eager,10:F2}{b.Graph,10:F2}{b.Graph / b.Batch,11:F2}{b.PeakShare,9:P0}{b.Host,9:F1}{b.PeakBytes / 1e9,9:F1}");
        foreach (var s in Switches)
            Line($"{(s.On ? "+" : "-")}{s.Switch,-24} batch {s.Batch}: {s.Milliseconds:F2} ms, differs by {s.Difference:0.0e-0}");
        foreach (var p in Profiles)
            Line($"parts, batch {p.Batch}, {p.Milliseconds:F1} ms: {string.Join(", ", p.Parts.Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Part} {x.Milliseconds:F2} ({x.Calls})")))}");
        foreach (var c in Codecs)
            Line($"{c.Type}: decode 16 {c.Decode:F1} ms, decode 1 {c.DecodeOne:F1}, encode 1 {c.Encode:F1}, CLIP tokens {c.Clip:F1}, {c.Decibels:F1} dB to float32");
        foreach (var r in Runs)
            Line($"{r.What}: {r.Episodes} episodes on {r.Devices}, exe {r.ExecuteSteps}, 2 x {r.Steps} steps: {r.SecondsPerIteration:F3} s/iteration, UNet busy {r.UNetBusy:P1}, host {r.HostCores:F2} cores, peak {r.PeakBytes / 1e9:F1} GB");
        if (Accuracy is { } a)
            Line($"to float32 ({a.Float32Milliseconds:F0} ms): latent {a.Latent:0.0e-0}, state {a.State:0.0e-0}; rollout of {a.Steps} steps: {string.Join(", ", a.DecibelsByIteration.Select(d => d.ToString("F1", CultureInfo.InvariantCulture)))} dB");
        foreach (var r in Scaling)
            Line($"{r.Devices} devices, {r.Episodes} episodes: {r.SecondsPerIteration:F3} s/iteration of all together, {Scaling[0].SecondsPerIteration / r.SecondsPerIteration:F2} times one device, UNet busy at least {r.UNetBusy:P1}, host {r.HostCores:F2} cores");
        foreach (var note in Notes)
            to.WriteLine($"note: {note}");
    }
}
