using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Bench;

/// <summary>Seconds with one number of threads.</summary>
/// <param name="Threads">Threads of an operator.</param>
/// <param name="PolicyStep">A denoising step of the policy call, median.</param>
/// <param name="WorldStep">A denoising step of the world-model call, median.</param>
/// <param name="FastestWorldStep">The fastest of them.</param>
/// <param name="WorldStepProcessor">Processor time of the denoiser's own thread in such a step, median.</param>
/// <param name="OperatorCalls">Operators called in such a step.</param>
/// <param name="BindingShare">Operator calls times the cost of a call, as a share of the step; null where not measured.</param>
/// <param name="Iteration">A whole iteration.</param>
/// <param name="Embed">Observation to tokens, of an iteration.</param>
/// <param name="Decode">Decoding that the next iteration waited for, of an iteration.</param>
public sealed record DemoRow(
    int Threads, double PolicyStep, double WorldStep, double FastestWorldStep, double WorldStepProcessor, long OperatorCalls, double? BindingShare,
    double Iteration, double Embed, double Decode);

/// <summary>Result of <see cref="DemoBenchmark"/>.</summary>
/// <param name="Machine">Where.</param>
/// <param name="When">When, in UTC.</param>
/// <param name="DdimSteps">Denoising steps of a call.</param>
/// <param name="Iterations">Iterations measured.</param>
/// <param name="Rows">One for each number of threads.</param>
public sealed record DemoReport(Machine Machine, DateTime When, int DdimSteps, int Iterations, IReadOnlyList<DemoRow> Rows)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, {Machine.Cores} logical processors; device {Machine.Device}");
        output.WriteLine($"{Machine.System}, {Machine.Runtime}, libtorch {Machine.LibTorch}");
        output.WriteLine($"{Iterations} iterations, {DdimSteps} steps in each of the two calls; seconds");
        output.WriteLine();
        Line(output, "threads", row => row.Threads.ToString(CultureInfo.InvariantCulture));
        Line(output, "step, policy call (median)", row => Seconds(row.PolicyStep));
        Line(output, "step, world-model call (median)", row => Seconds(row.WorldStep));
        Line(output, "the fastest of them", row => Seconds(row.FastestWorldStep));
        Line(output, "processor time of its own thread", row => Seconds(row.WorldStepProcessor));
        Line(output, "operator calls in it", row => row.OperatorCalls.ToString(CultureInfo.InvariantCulture));
        Line(output, "share of the binding", row => row.BindingShare is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "");
        Line(output, "iteration", row => Seconds(row.Iteration));
        Line(output, "  embedding in it", row => Seconds(row.Embed));
        Line(output, "  decoding that it waited for", row => Seconds(row.Decode));
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");

    private static string Seconds(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private void Line(TextWriter output, string name, Func<DemoRow, string> cell) =>
        output.WriteLine($"{name,-34}{string.Concat(Rows.Select(row => $"{cell(row),10}"))}");
}
