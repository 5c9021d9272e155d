namespace WorldModelActors.Models;

/// <summary>
/// Weights without elements (device meta): building the networks on them costs nothing, whatever their size, and leaves the
/// complete <see cref="WeightStore.Schema"/> of their checkpoints.
/// </summary>
public sealed class MetaWeights(ScalarType dtype = ScalarType.Float32) : WeightStore(META, dtype)
{
    /// <inheritdoc/>
    protected override Tensor Make(WeightKey key, ScalarType dtype) => empty([.. key.Shape], dtype, META);
}
