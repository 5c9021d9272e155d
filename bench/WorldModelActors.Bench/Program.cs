using WorldModelActors.Bench;
using WorldModelActors.Torch;

const string Usage = """
    wma-bench binding [--device cpu|cuda|cuda:N] [--json FILE]
        microseconds of one core per small operator call through the managed API
    """;

try
{
    if (args is not ["binding", .. var rest])
    {
        Console.Error.WriteLine(Usage);
        return args is ["--help" or "-h"] ? 0 : 2;
    }
    var device = torch.CPU;
    string? json = null;
    for (var i = 0; i < rest.Length; i += 2)
    {
        if (i + 1 == rest.Length)
            throw new ArgumentException($"{rest[i]} needs a value");
        switch (rest[i])
        {
            case "--device":
                device = torch.device(rest[i + 1]);
                break;
            case "--json":
                json = rest[i + 1];
                break;
            default:
                throw new ArgumentException($"unknown option {rest[i]}; see wma-bench --help");
        }
    }
    var report = BindingBenchmark.Run(device);
    report.Print(Console.Out);
    if (json is not null)
        report.Save(json);
    return 0;
}
catch (Exception e) when (e is ArgumentException or TorchException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"wma-bench: {e.Message}");
    return 2;
}
