using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>A recorded interaction loop: its parameters and access to its calls.</summary>
internal sealed partial class RolloutRecord
{
    private readonly GoldenParameters _parameters;
    private readonly RecordedStart _start;

    public RolloutRecord(GoldenEntry entry, GoldenFile file, RecordedStart start)
    {
        File = file;
        _parameters = entry.Parameters;
        _start = start;
        Id = Path.GetFileNameWithoutExtension(entry.Name);
        Iterations = 1 + file.Names.Select(n => CallName().Match(n)).Where(m => m.Success)
            .Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Max();
    }

    public GoldenFile File { get; }

    public string Id { get; }

    /// <summary>Iterations that are recorded.</summary>
    public int Iterations { get; }

    public string Instruction => _start.Instruction;

    public bool PerFrameAutoencoder => _parameters.Flag("perframe_ae", absent: true);

    /// <summary>
    /// The same run as a plan. Guidance is off: the reference's loop passes no unconditional condition, so that its guidance scale has
    /// no effect.
    /// </summary>
    public EpisodePlan Plan => new()
    {
        Id = Id,
        Instruction = Instruction,
        Iterations = Iterations,
        ExecuteSteps = _parameters.Integer("exe_steps"),
        DdimSteps = _parameters.Integer("ddim_steps"),
        DdimEta = _parameters.Number("ddim_eta"),
        Spacing = TimestepSpacings.Parse(_parameters.Required("timestep_spacing")),
        FrameRateCondition = FrameRate(0, SamplingPhase.Policy),
        ZeroPredictedState = _parameters.Flag("zero_pred_state", absent: false),
        ActionDim = _start.ActionDim,
        StateDim = _start.StateDim,
        PerFrameAutoencoder = PerFrameAutoencoder,
    };

    /// <summary>Prefix of a call's tensors.</summary>
    public static string Prefix(int iteration, SamplingPhase phase) => $"it{iteration}.{(phase == SamplingPhase.Policy ? "policy" : "world")}.";

    public string Name(int iteration, SamplingPhase phase, string what) => Prefix(iteration, phase) + what;

    public Tensor this[int iteration, SamplingPhase phase, string what] => File[Name(iteration, phase, what)];

    public bool Contains(int iteration, SamplingPhase phase, string what) => File.Contains(Name(iteration, phase, what));

    public long FrameRate(int iteration, SamplingPhase phase) => File.Integers(Name(iteration, phase, "fs"))[0];

    /// <summary>Observed images [1, 3, n, H, W]; the world call sees those of the policy call.</summary>
    public Tensor Images(int iteration) => this[iteration, SamplingPhase.Policy, "queue.images"];

    /// <summary>The draws of a call in the reference's order.</summary>
    public IEnumerable<Tensor> Draws(int iteration, SamplingPhase phase)
    {
        var posterior = this[iteration, phase, "vae_noise"];
        IEnumerable<Tensor> first = PerFrameAutoencoder ? posterior.split(1, 0) : [posterior];
        return
        [
            .. first,
            this[iteration, phase, "x_T"],
            this[iteration, phase, "action_T"],
            this[iteration, phase, "state_T"],
            .. this[iteration, phase, "step_noise"].unbind(0),
        ];
    }

    /// <summary>The recorded text tokens [1, 77, D] of a call: those before the image tokens at the end of its context.</summary>
    public Tensor TextTokens(int iteration, SamplingPhase phase, int textTokens, int imageTokens)
    {
        var context = this[iteration, phase, "c_crossattn"];
        return context.narrow(1, context.size(1) - imageTokens - textTokens, textTokens);
    }

    [GeneratedRegex(@"^it(\d+)\.(?:policy|world)\.", RegexOptions.CultureInvariant)]
    private static partial Regex CallName();
}
