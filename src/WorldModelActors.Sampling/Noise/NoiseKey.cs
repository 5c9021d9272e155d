namespace WorldModelActors.Sampling;

/// <summary>The kind of synthesis call that draws. The numbers are part of the noise's definition: never renumber.</summary>
public enum SamplingPhase
{
    /// <summary>Policy mode: instruction in, actions out.</summary>
    Policy = 0,

    /// <summary>World-model mode: actions in, future frames out.</summary>
    World = 1,

    /// <summary>The base model: one image and an instruction in, frames out.</summary>
    Base = 2,
}

/// <summary>The tensor that is drawn. The numbers are part of the noise's definition: never renumber.</summary>
public enum NoiseTensor
{
    /// <summary>Posterior noise of the autoencoder; the step is the number of the encoded frame (0 where all are drawn at once).</summary>
    Posterior = 0,

    /// <summary>x_T, the initial latent.</summary>
    Latent = 1,

    /// <summary>The initial action stream.</summary>
    Action = 2,

    /// <summary>The initial state stream.</summary>
    State = 3,

    /// <summary>Fresh latent noise of one denoising step; the step is the loop step, counted from 0.</summary>
    Step = 4,
}

/// <summary>
/// Names one draw of a run. Two draws with equal keys are the same draw: noise that is a function of its key is the same on
/// every device, in every batch and after every resume.
/// </summary>
/// <param name="RunSeed">Seed of the whole run.</param>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Iteration">Iteration of the rollout, from 0.</param>
/// <param name="Phase">Which call of the iteration.</param>
/// <param name="Step">Loop step or frame, see <see cref="NoiseTensor"/>.</param>
/// <param name="Tensor">Which tensor.</param>
public readonly record struct NoiseKey(
    long RunSeed, string Episode, int Iteration, SamplingPhase Phase, int Step, NoiseTensor Tensor);
