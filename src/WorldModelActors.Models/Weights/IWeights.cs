namespace WorldModelActors.Models;

/// <summary>
/// What a network sees of a checkpoint: a view under a key prefix that hands out tensors by name. The implementation
/// decides where they come from (a file, a random generator, the meta device) and owns them; networks never dispose
/// weights. A network asks for every key in its constructor and declares the shape that its configuration implies, so
/// that constructing the networks is at the same time the schema of the checkpoint.
/// </summary>
public interface IWeights
{
    /// <summary>Full key prefix of this view, e.g. <c>model.diffusion_model.input_blocks.1.0.</c> (empty at the root).</summary>
    string Prefix { get; }

    /// <summary>
    /// The parameter <paramref name="name"/> (relative to <see cref="Prefix"/>) of exactly this shape, on the model's
    /// device and in its compute dtype. A missing or misshapen key is remembered and a placeholder returned, so that
    /// loading ends with one error that lists every bad key instead of stopping at the first.
    /// </summary>
    Tensor Parameter(string name, params ReadOnlySpan<long> shape);

    /// <summary>
    /// A buffer (schedule arrays, coordinate grids, learned nothing): as <see cref="Parameter"/>, but kept float32 whatever
    /// the compute dtype, and not counted as a parameter.
    /// </summary>
    Tensor Buffer(string name, params ReadOnlySpan<long> shape);

    /// <summary>
    /// Declares a key that the checkpoint may carry but that inference never reads (<paramref name="isBuffer"/>: not a
    /// parameter). It is part of the schema and is never loaded; its absence is no error.
    /// </summary>
    void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false);

    /// <summary>
    /// Declares <paramref name="earlier"/> as another key of the tensor <paramref name="name"/>, of the same shape; to be called before
    /// <paramref name="name"/> is asked for. A checkpoint repeats a module that is registered several times under each of its keys, and
    /// PyTorch's <c>load_state_dict</c> copies them in one after the other, so that the last one wins: <paramref name="name"/> must be
    /// that one. An earlier one is read only where the checkpoint lacks it (of several the one declared first); it is not counted as a
    /// parameter, and its absence is no error.
    /// </summary>
    void Repeated(string name, string earlier, ReadOnlySpan<long> shape);

    /// <summary>A view below <c>Prefix + name + "."</c>.</summary>
    IWeights Scope(string name);
}
