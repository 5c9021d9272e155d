using System.Globalization;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>What to run and how to disturb it.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Node processes.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Episodes.</summary>
    public int Episodes { get; init; } = 30;

    /// <summary>Faults.</summary>
    public int Faults { get; init; } = 40;

    /// <summary>Which faults, when and to whom.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Iterations of an episode.</summary>
    public int Iterations { get; init; } = 4;

    /// <summary>Denoising steps.</summary>
    public int DdimSteps { get; init; } = 2;

    /// <summary>Frames of an iteration.</summary>
    public int ExecuteSteps { get; init; } = 8;

    /// <summary>Episodes side by side in a node.</summary>
    public int InFlight { get; init; } = 2;

    /// <summary>Seconds of a lease.</summary>
    public int Lease { get; init; } = 5;

    /// <summary>Whether the store is PostgreSQL; else SQLite.</summary>
    public bool OnPostgres { get; init; } = true;

    /// <summary>Whether the nodes form a cluster of Akka.NET; else they know nothing of each other.</summary>
    public bool InCluster { get; init; }

    /// <summary>Whether nodes have a network that can be cut: root, and a store on this machine's disk.</summary>
    public bool CutsNetwork => InCluster && !OnPostgres;

    /// <summary>Trials of a measurement.</summary>
    public int Trials { get; init; } = 7;

    /// <summary>Numbers of planned episodes to measure with.</summary>
    public IReadOnlyList<int> Planned { get; init; } = [1_000, 10_000, 100_000];

    /// <summary>Minutes after which it has failed.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>Where reports and, when something was wrong, everything else goes.</summary>
    public string Out { get; init; } = "runs/chaos";

    /// <summary>The lease, as an argument.</summary>
    public string LeaseText => string.Create(CultureInfo.InvariantCulture, $"{Lease}s");

    /// <summary>The episodes: the demo's prompts with as many seeds as it takes.</summary>
    public IReadOnlyList<Workload> Workloads()
    {
        const int prompts = 8;
        var works = new List<Workload>();
        for (var left = Episodes; left > 0; left -= prompts)
        {
            var seed = works.Count + 1;
            works.Add(new Workload([.. Enumerable.Range(0, Math.Min(left, prompts))], Iterations)
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"chaos-{seed}"),
                DdimSteps = DdimSteps,
                ExecuteSteps = ExecuteSteps,
                Seed = seed,
            });
        }

        return works;
    }

    /// <summary>Reads arguments.</summary>
    /// <exception cref="FormatException">They cannot be understood; one line says why.</exception>
    public static ChaosOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ChaosOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var (name, value) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value"));
            options = name switch
            {
                "--nodes" => options with { Nodes = Number(name, value) },
                "--episodes" => options with { Episodes = Number(name, value) },
                "--faults" => options with { Faults = Number(name, value) },
                "--seed" => options with { Seed = Number(name, value) },
                "--iterations" => options with { Iterations = Number(name, value) },
                "--ddim-steps" => options with { DdimSteps = Number(name, value) },
                "--exe-steps" => options with { ExecuteSteps = Number(name, value) },
                "--episodes-in-flight" => options with { InFlight = Number(name, value) },
                "--lease" => options with { Lease = Number(name, value.TrimEnd('s')) },
                "--trials" => options with { Trials = Number(name, value) },
                "--planned" => options with { Planned = [.. value.Split(',').Select(number => Number(name, number))] },
                "--minutes" => options with { Minutes = Number(name, value) },
                "--out" => options with { Out = value },
                "--engine" when value is "embedded" or "akka" => options with { InCluster = value == "akka" },
                "--engine" => throw new FormatException($"--engine {value}: use embedded or akka"),
                "--store" when value is "postgres" or "sqlite" => options with { OnPostgres = value == "postgres" },
                "--store" => throw new FormatException($"--store {value}: use postgres or sqlite"),
                _ => throw new FormatException($"{name} is no option"),
            };
        }

        return options;
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : throw new FormatException($"{name} {value}: use a whole number");
}
