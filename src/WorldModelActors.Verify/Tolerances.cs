namespace WorldModelActors.Verify;

/// <summary>
/// The tolerances of the golden sets. The reference runs in float32, so that another order of summation already changes its last
/// digits; the bounds say how far that may grow. Those of free runs are the sensitivities measured with the reference itself (1e-6
/// relative noise on the inputs; specification of the samplers, section 6).
/// </summary>
internal static class Tolerances
{
    /// <summary>One module, a schedule, a condition, prepared data.</summary>
    public static readonly Tolerance Module = Relative(1e-5);

    /// <summary>One forward pass of the whole network.</summary>
    public static readonly Tolerance Forward = Relative(1e-4);

    /// <summary>
    /// One denoising step from its recorded state, one synthesis call from its recorded queues, latents of any run (which do not depend
    /// on the actions and states).
    /// </summary>
    public static readonly Tolerance Synthesis = Relative(1e-3);

    /// <summary>
    /// Actions and states of a whole sampling run from its initial noise, without guidance: 1.1e-3, the largest change that the
    /// reference showed under its perturbation. It bounds the relative L2 error, and the largest element as well, unless this very run
    /// proves more sensitive under the same perturbation (<see cref="RunSensitivity"/>): the reference's number is one draw on one set, an
    /// order of magnitude by its own account. 5e-2, the golden sets' bound of free runs, holds in any case. The streams are that sensitive
    /// because the first head step divides by sqrt(abar_999) = 5e-5 before it clips.
    /// </summary>
    public static readonly Tolerance SamplingRunStream = Run(1.1e-3);

    /// <summary>As <see cref="SamplingRunStream"/> with guidance, which amplifies: 7e-3.</summary>
    public static readonly Tolerance GuidedSamplingRunStream = Run(7e-3);

    /// <summary>
    /// Actions and states of a whole rollout, whose errors are carried over the iterations: up to 1e-2 measured with one
    /// perturbation; the golden sets give 5e-2.
    /// </summary>
    public static readonly Tolerance RolloutStream = new(FreeRun, ErrorMeasure.MaximumAbsolute);

    /// <summary>
    /// Frames of a whole rollout as the video has them. The golden sets give 1e-3 of a range of 2, which is 0.13 of one of 255
    /// levels; as levels are truncated, a value may land one level beside.
    /// </summary>
    public static readonly Tolerance RolloutFrameLevels = new(1, ErrorMeasure.MaximumAbsolute);

    private const double FreeRun = 5e-2;

    private static Tolerance Run(double measured) => Relative(measured) with { TypicalAbsolute = measured, AbsoluteLimit = FreeRun };

    private static Tolerance Relative(double value) => new(value, ErrorMeasure.RelativeL2);
}
