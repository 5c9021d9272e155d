using System.Runtime.InteropServices;

namespace WorldModelActors.Benchmarks;

/// <summary>What a measurement ran on.</summary>
/// <param name="Processor">Model of the CPU.</param>
/// <param name="Cores">Logical processors that this process may use.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET version.</param>
/// <param name="LibTorch">Version of libtorch.</param>
/// <param name="Device">Name of the GPU, or cpu.</param>
public sealed record Machine(string Processor, int Cores, string System, string Runtime, string LibTorch, string Device)
{
    public static Machine Describe(torch.Device device) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        torch.__version__,
        device.type == DeviceType.CUDA ? CudaDevice.Properties(Math.Max(device.index, 0)).Name : "cpu");

    private static string ProcessorName()
    {
        const string File = "/proc/cpuinfo";
        var line = global::System.IO.File.Exists(File)
            ? global::System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
