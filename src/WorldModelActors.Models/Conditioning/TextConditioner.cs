namespace WorldModelActors.Models;

/// <summary>Instructions to text context tokens: tokenizer, text tower, and a cache of the instructions used last.</summary>
public sealed class TextConditioner : IDisposable
{
    private const int CachedInstructions = 64;
    private readonly ClipTextEncoder _encoder;
    private readonly Func<string, long[]>? _tokenize;
    private readonly Device _device;
    private readonly TextEmbeddingCache _cache = new(CachedInstructions);

    /// <param name="encoder">The text tower.</param>
    /// <param name="tokenize">Text to 77 ids; null where no vocabulary is there, then only the empty text is possible.</param>
    /// <param name="device">The model's device.</param>
    public TextConditioner(ClipTextEncoder encoder, Func<string, long[]>? tokenize, Device device)
    {
        _encoder = encoder;
        _tokenize = tokenize;
        _device = device;
    }

    /// <summary>
    /// Text tokens [1, 77, D] of an instruction; the empty text is what world-model mode uses. The result is a handle of the
    /// caller's own.
    /// </summary>
    /// <exception cref="ConditioningException">The instruction needs a vocabulary and there is none.</exception>
    public Tensor Embed(string instruction)
    {
        var tokens = _cache.GetOrAdd(instruction, Compute);
        if (_device.type == DeviceType.CUDA)
        {
            // The cache may drop its own handle while this stream still reads.
            tokens.RecordStream(CurrentStream());
        }

        return tokens;
    }

    /// <summary>The text tower.</summary>
    internal ClipTextEncoder Encoder => _encoder;

    /// <summary>
    /// Takes recorded tokens [1, 77, D] of an instruction (copied), so that a recorded run can be followed without a vocabulary.
    /// </summary>
    internal void Remember(string instruction, Tensor tokens)
    {
        using var scope = NewDisposeScope();
        _cache.GetOrAdd(instruction, _ => tokens.clone());
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private Tensor Compute(string instruction)
    {
        var ids = instruction.Length == 0 ? EmptyText() : Tokenize(instruction);
        using var scope = NewDisposeScope();
        var tokens = _encoder.Forward(tensor(ids, [1, ids.Length], device: _device)).MoveToOuterDisposeScope();
        if (_device.type == DeviceType.CUDA)
        {
            // Once for each instruction: others take it from the cache on streams of their own, which do not wait for this one.
            CurrentStream().Synchronize();
        }

        return tokens;
    }

    private CudaStream CurrentStream() => CudaStream.Current(Math.Max(0, _device.index));

    private long[] Tokenize(string instruction)
    {
        if (_tokenize is null)
        {
            throw new ConditioningException(
                "the instruction needs the CLIP vocabulary and none is loaded: give its merges file with --clip-vocab FILE "
                + "(every OpenCLIP installation ships bpe_simple_vocab_16e6.txt.gz)");
        }

        var ids = _tokenize(instruction);
        var options = _encoder.Options;
        if (ids.Length != options.ContextLength || ids.Any(id => id < 0 || id >= options.VocabSize))
        {
            throw new ConditioningException(
                $"the CLIP vocabulary does not fit the text tower: it gives ids 0..{ids.DefaultIfEmpty().Max()} in {ids.Length} places, "
                + $"the tower has {options.VocabSize} ids and {options.ContextLength} places; use the vocabulary that belongs to the model");
        }

        return ids;
    }

    /// <summary>Start and end of text, which are the last two ids of every CLIP vocabulary, then zeros.</summary>
    private long[] EmptyText()
    {
        var ids = new long[_encoder.Options.ContextLength];
        ids[0] = _encoder.Options.VocabSize - 2;
        ids[1] = _encoder.Options.VocabSize - 1;
        return ids;
    }
}
