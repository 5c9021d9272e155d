using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Bench;

/// <summary>One element type and batch size.</summary>
/// <param name="Type">Of weights and activations.</param>
/// <param name="Batch">Samples.</param>
/// <param name="Eager">Milliseconds, operator by operator.</param>
/// <param name="Graph">Milliseconds as a CUDA graph.</param>
/// <param name="Host">Milliseconds that the host needs to submit it.</param>
/// <param name="PeakBytes">Most memory in tensors, weights included.</param>
/// <param name="Error">Relative L2 error of the latent against float32; null where it was not measured.</param>
/// <param name="HeadError">The same of the state head.</param>
public sealed record UNetRow(string Type, int Batch, double Eager, double? Graph, double Host, long PeakBytes, double? Error, double? HeadError);

/// <summary>Result of <see cref="UNetBenchmark"/>.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Measured">When, UTC.</param>
/// <param name="Kernels">Our own kernels were used.</param>
/// <param name="MatmulTeraflops">A bfloat16 matrix product of 8192 x 8192 x 8192.</param>
/// <param name="Rows">The backbone.</param>
/// <param name="Autoencoder">The autoencoder.</param>
public sealed record UNetReport(Machine Machine, DateTime Measured, bool Kernels, double MatmulTeraflops, IReadOnlyList<UNetRow> Rows, IReadOnlyList<AutoencoderRow> Autoencoder)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public void Print(TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Device}, libtorch {Machine.LibTorch}, kernels {(Kernels ? "on" : "off")}, bf16 matmul {MatmulTeraflops:F0} TFLOP/s"));
        to.WriteLine($"{"type",-10}{"batch",6}{"eager ms",10}{"graph ms",10}{"ms/sample",11}{"host ms",9}{"peak GB",9}{"error",10}{"state",10}");
        foreach (var r in Rows)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{r.Type,-10}{r.Batch,6}{r.Eager,10:F2}{r.Graph,10:F2}{(r.Graph ?? r.Eager) / r.Batch,11:F2}{r.Host,9:F1}{r.PeakBytes / 1e9,9:F1}{r.Error,10:0.0e-0}{r.HeadError,10:0.0e-0}"));
        }
        to.WriteLine($"{"type",-10}{"decode 16 ms",14}{"decode 1 ms",13}{"encode 2 ms",13}{"dB to float32",15}");
        foreach (var r in Autoencoder)
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Type,-10}{r.Decode,14:F1}{r.DecodeOne,13:F1}{r.Encode,13:F1}{r.DecibelsToFloat32,15:F1}"));
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json));
}
