namespace WorldModelActors.Cli;

/// <summary>The flags that stand for settings, by section of the help screens.</summary>
internal static class SettingFlags
{
    public static FlagSection Model { get; } = new("Model",
    [
        new("--model", "wma.model.path", FlagKind.Value, "DIR|YAML", "Model directory (config.yaml, model.safetensors or model.ckpt, ...) or the model's YAML"),
        new("--ckpt", "wma.model.checkpoint", FlagKind.Value, "FILE", "Weights (.safetensors, .ckpt, .pt); without it those beside the YAML"),
        new("--random-weights", "wma.model.random-weights", FlagKind.Value, "SEED", "Random weights instead, to try out a configuration"),
        new("--clip-vocab", "wma.model.clip-vocab", FlagKind.Value, "FILE", "CLIP merges file (bpe_simple_vocab_16e6.txt.gz, which every OpenCLIP installation has); without it the model's own or $WMA_CLIP_VOCAB"),
    ]);

    public static FlagSection Prompts { get; } = new("Prompts",
    [
        new("--prompts", "wma.rollout.prompts", FlagKind.Value, "DIR", "Prompt directory: <dataset>.csv, images/, transitions/"),
        new("--dataset", "wma.rollout.dataset", FlagKind.Value, "NAME", "Only this data set of it"),
    ]);

    public static FlagSection Episodes { get; } = new("Episodes",
    [
        new("--episode", "wma.rollout.episodes", FlagKind.List, "ID ...", "Only these episodes: videoid or dataset/videoid"),
        new("--iterations", "wma.rollout.iterations", FlagKind.Value, "N", "Rounds of policy call and world-model call"),
        new("--exe-steps", "wma.rollout.exe-steps", FlagKind.Value, "N", "Predicted frames that are executed in each round, of 16"),
        new("--frame-stride", "wma.rollout.frame-stride", FlagKind.List, "N ...", "Frame strides; every episode runs once for each"),
        new("--seed", "wma.rollout.seed", FlagKind.Value, "N", "Same seed, same frames"),
        new("--zero-pred-state", "wma.rollout.zero-predicted-state", FlagKind.Switch, "", "Observe zeros in the place of predicted states (--zero-predicted-state)") { Alias = "--zero-predicted-state" },
        new("--decode-policy-video", "wma.rollout.decode-policy-video", FlagKind.Switch, "", "Also write what the policy call imagines (policy-video.mp4)"),
    ]);

    public static FlagSection Sampling { get; } = new("Sampling",
    [
        new("--ddim-steps", "wma.sampler.ddim-steps", FlagKind.Value, "N", "Denoising steps of each call"),
        new("--ddim-eta", "wma.sampler.ddim-eta", FlagKind.Value, "X", "0 is deterministic, 1 as noisy as the forward process"),
        new("--guidance-scale", "wma.sampler.guidance-scale", FlagKind.Value, "X", "Classifier-free guidance; 1 is none and half the work"),
        new("--guidance-rescale", "wma.sampler.guidance-rescale", FlagKind.Value, "X", "Rescaling of guided predictions, 0 to 1"),
        new("--timestep-spacing", "wma.sampler.timestep-spacing", FlagKind.Value, "NAME", "uniform, uniform_trailing or quad"),
        new("--per-frame-autoencoder", "wma.rollout.per-frame-autoencoder", FlagKind.Switch, "on|off", "Encode observations one by one; matters with --noise torch only"),
        new("--noise", "wma.sampler.noise", FlagKind.Value, "NAME", "philox: the same on every device; torch: libtorch's generator in the order of the reference implementation"),
    ]);

    public static FlagSection Output { get; } = new("Output",
    [
        new("--out", "wma.rollout.out", FlagKind.Value, "DIR", "Where results go, one folder for each episode"),
        new("--fps", "wma.media.fps", FlagKind.Value, "X", "Frames per second of the video"),
        new("--codec", "wma.media.codec", FlagKind.Value, "FOURCC", "Encoder of the video, e.g. mp4v or avc1"),
        new("--contact-sheet-columns", "wma.media.contact-sheet.columns", FlagKind.Value, "N", "Frames in a row of the contact sheet"),
        new("--contact-sheet-frames", "wma.media.contact-sheet.max-frames", FlagKind.Value, "N", "Most frames on it; of a longer video every n-th is taken"),
    ]);

    public static FlagSection Batching { get; } = new("Batching",
    [
        new("--episodes-in-flight", "wma.rollout.episodes-in-flight", FlagKind.Value, "K", "Episodes that run at the same time and share the devices"),
        new("--batching", "wma.batching.enabled", FlagKind.Switch, "on|off", "Gather samples, frames and observations into batches"),
        new("--deterministic", "wma.batching.deterministic", FlagKind.Switch, "", "Every sample and request makes its calls by itself: results are the same to the bit, whatever else runs"),
        new("--max-batch", "wma.batching.denoiser.max-batch", FlagKind.Value, "N", "Rows of the UNet in a denoising step: one for a sample, two for one with guidance"),
        new("--max-batch-memory", "wma.batching.denoiser.max-batch-memory", FlagKind.Value, "SIZE", "Peak memory of a denoising step, e.g. 20GiB; without it what the device has"),
        new("--decode-max-batch", "wma.batching.decoder.max-batch", FlagKind.Value, "N", "Frames that are decoded together"),
        new("--decode-max-delay", "wma.batching.decoder.max-delay", FlagKind.Value, "TIME", "How long a frame may wait for a fuller batch, e.g. 5ms"),
        new("--embed-max-batch", "wma.batching.embedder.max-batch", FlagKind.Value, "N", "Observations that are embedded together"),
        new("--embed-max-delay", "wma.batching.embedder.max-delay", FlagKind.Value, "TIME", "How long an observation may wait for a fuller batch, e.g. 5ms"),
    ]);

    public static FlagSection Store { get; } = new("Store",
    [
        new("--store", "wma.store.location", FlagKind.Value, "FILE|URL", "The store: a SQLite file, or postgres://user@host/database (password: PGPASSWORD or a file)"),
        new("--state", "wma.store.state", FlagKind.Value, "DIR", "Folder for what iterations leave; without it that of the SQLite file"),
    ]);

    public static FlagSection Node { get; } = new("Node",
    [
        new("--name", "wma.node.name", FlagKind.Value, "NAME", "Its name in tables; without it the machine's"),
        new("--episodes-in-flight", "wma.rollout.episodes-in-flight", FlagKind.Value, "K", "Episodes that it runs at the same time"),
        new("--lease", "wma.store.lease", FlagKind.Value, "TIME", "How long it owns an episode without a heart-beat; after a crash another node goes on this much later"),
        new("--memory", "wma.node.memory", FlagKind.Value, "SIZE", "Device memory for episodes; without it what its CUDA devices have"),
        new("--exchange", "wma.exchange.listen", FlagKind.Value, "ADDRESS:PORT", "Hand out the files of episodes to nodes with another state folder, there"),
    ]);

    /// <summary>A node beside a sweep, whose name <c>--name</c> is.</summary>
    public static FlagSection UnnamedNode => Node with { Flags = [.. Node.Flags.Where(flag => flag.Name != "--name")] };

    /// <summary>Nodes that form a cluster.</summary>
    public static FlagSection Cluster { get; } = new("Cluster (with --engine akka: docs/cluster.md)",
    [
        new("--seed-nodes", "wma.cluster.seed-nodes", FlagKind.Value, "HOST:PORT[,...]", "Nodes to join by; the first of them begins the cluster"),
        new("--host", "wma.cluster.host", FlagKind.Value, "HOST", "Address that the other nodes reach this one by"),
        new("--port", "wma.cluster.port", FlagKind.Value, "PORT", "Port of this node; 0 is any that is free"),
        new("--roles", "wma.cluster.roles", FlagKind.Value, "ROLE[,ROLE]", "gpu runs episodes, control may plan the sweeps"),
    ]);

    /// <summary>Batching without the number of episodes.</summary>
    public static FlagSection NodeBatching => Batching with { Flags = [.. Batching.Flags.Where(flag => flag.Name != "--episodes-in-flight")] };

    public static FlagSection Telemetry { get; } = new("Telemetry",
    [
        new("--trace", "wma.telemetry.trace", FlagKind.Value, "FILE", "Write what every lane did when, for https://ui.perfetto.dev"),
        new("--otlp", "wma.telemetry.otlp-endpoint", FlagKind.Value, "URL", "Send metrics there by OTLP; also $OTEL_EXPORTER_OTLP_ENDPOINT"),
    ]);

    /// <summary>The machine of a node: the type of the networks is the episodes' own.</summary>
    public static FlagSection NodeMachine => Machine with { Flags = [.. Machine.Flags.Where(flag => flag.Name != "--dtype")] };

    public static FlagSection Machine { get; } = new("Machine",
    [
        new("--device", "wma.device.name", FlagKind.Value, "NAME", "cpu, cuda, cuda:N, several (cuda:0,cuda:1) or cuda:all, with episodes spread over them"),
        new("--dtype", "wma.device.dtype", FlagKind.Value, "NAME", "float32, bfloat16 or float16"),
        new("--threads", "wma.device.threads", FlagKind.Value, "N", "CPU threads of an operator; 0 leaves one core to decoding and writing"),
        new("--latent-store-bytes", "wma.device.latent-store-bytes", FlagKind.Value, "SIZE", "Memory of each device for what is between the networks; an episode that has no room waits"),
        new("--cuda-graphs", "wma.device.cuda-graphs", FlagKind.Switch, "on|off", "On CUDA: replay denoising steps from recorded graphs"),
        new("--tf32", "wma.device.tf32", FlagKind.Switch, "on|off", "On CUDA with float32: faster products of rounded inputs"),
        new("--engine", "wma.engine.kind", FlagKind.Value, "NAME", "What runs the actors: embedded, in this process; or akka, on Akka.NET, in builds that have it (docs/engines.md)"),
    ]);
}

/// <summary>A section of a help screen.</summary>
internal sealed record FlagSection(string Title, IReadOnlyList<SettingFlag> Flags);
