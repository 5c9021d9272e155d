namespace WorldModelActors.Verify;

/// <summary>How a directory is verified.</summary>
public sealed record VerifyOptions
{
    /// <summary>
    /// CLIP merges file. Null: one beside the model, else what <c>WMA_CLIP_VOCAB</c> names, else a folder <c>clip-vocab</c> or
    /// <c>shared/clip-vocab</c> beside the directory or the working directory. Empty: none. What needs it is skipped where there is
    /// none.
    /// </summary>
    public string? ClipVocabulary { get; init; }

    /// <summary>
    /// CPU threads of an operator while the verifier is open. One by default, as the reference ran: another number sums in another
    /// order, and the operators of the small golden models are too small to share.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Told the name of each file before it is verified.</summary>
    public Action<string>? OnFile { get; init; }

    /// <summary>Told every result as soon as it is there.</summary>
    public Action<GoldenResult>? OnResult { get; init; }
}
