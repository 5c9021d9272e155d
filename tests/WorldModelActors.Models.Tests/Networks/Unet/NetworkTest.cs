namespace WorldModelActors.Models.Tests;

/// <summary>A test of networks over the tiny golden model's weights, inside a dispose scope of its own.</summary>
public abstract class NetworkTest : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));

    private protected static UNetOptions Options => TinyModel.Options.UNet;

    /// <summary>Weights of the backbone, below <c>model.diffusion_model.</c>.</summary>
    private protected IWeights At(string prefix) => _weights.At($"model.diffusion_model.{prefix}");

    private protected WmaUNet Network(UNetOptions? options = null) => new(At(""), options ?? Options);

    /// <inheritdoc/>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _scope.Dispose();
        _weights.Dispose();
    }
}
