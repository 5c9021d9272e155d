namespace WorldModelActors.Models;

/// <summary>
/// Two-layer projector of robot states and actions to context tokens (upstream <c>MLPProjector</c>): Linear, GELU with the
/// tanh approximation, Linear. Keys below <c>state_projector.</c> or <c>action_projector.</c>.
/// </summary>
public sealed class MlpProjector
{
    private readonly LinearLayer _first;
    private readonly LinearLayer _second;

    public MlpProjector(IWeights weights, int inputDim, int outputDim)
    {
        var projector = weights.Scope("projector");
        InputDim = inputDim;
        _first = new LinearLayer(projector.Scope("0"), inputDim, outputDim);
        _second = new LinearLayer(projector.Scope("2"), outputDim, outputDim);
    }

    /// <summary>Width of the input.</summary>
    public int InputDim { get; }

    /// <summary>[B, n, in] → [B, n, D].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _second.Forward(Activations.GeluTanh(_first.Forward(x))).MoveToOuterDisposeScope();
    }
}
