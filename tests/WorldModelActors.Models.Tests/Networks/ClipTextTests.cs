namespace WorldModelActors.Models.Tests;

public sealed class ClipTextTests : IDisposable
{
    private readonly GoldenFile _golden = new(RepositoryFiles.Golden("clip_text.safetensors"));
    private readonly FileWeights _weights = new(RepositoryFiles.SharedGolden("model.safetensors"));
    private readonly ClipTextEncoder _encoder;
    private readonly DisposeScope _scope = NewDisposeScope();

    public ClipTextTests() => _encoder = new ClipTextEncoder(_weights.At("cond_stage_model.model."), TinyModel.ClipText);

    public void Dispose()
    {
        _scope.Dispose();
        _weights.Dispose();
        _golden.Dispose();
    }

    [Fact]
    public void Embeddings_are_the_references()
    {
        var ids = _golden["token_ids"].index_select(0, _golden["selected"]);
        _golden.Check("embeddings", _encoder.Forward(ids), 1e-5);
    }

    [Fact]
    public void Later_tokens_do_not_change_earlier_ones()
    {
        var ids = _golden["token_ids"].narrow(0, 3, 1);
        var changed = ids.clone();
        changed.narrow(1, 40, 37).fill_(17);
        var (a, b) = (_encoder.Forward(ids), _encoder.Forward(changed));
        Assert.True(GoldenFile.RelativeError(b.narrow(1, 0, 40), a.narrow(1, 0, 40)) <= 1e-6);
        Assert.True(GoldenFile.RelativeError(b.narrow(1, 40, 37), a.narrow(1, 40, 37)) > 1e-3);
    }

    [Fact]
    public void The_empty_text_needs_no_vocabulary()
    {
        using var text = new TextConditioner(_encoder, null, CPU);
        var ids = new long[77];
        (ids[0], ids[1]) = (49406, 49407);
        var expected = _encoder.Forward(tensor(ids, [1, 77]));
        Assert.True(GoldenFile.RelativeError(text.Embed(""), expected) == 0);
        var error = Assert.Throws<ConditioningException>(() => text.Embed("push"));
        Assert.Contains("--clip-vocab", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_of_another_model_is_refused()
    {
        using var text = new TextConditioner(_encoder, _ => [.. Enumerable.Repeat(49408L, 77)], CPU);
        Assert.Throws<ConditioningException>(() => text.Embed("push"));
    }

    [Fact]
    public void An_instruction_is_embedded_once()
    {
        var calls = 0;
        using var text = new TextConditioner(_encoder, Count, CPU);
        var first = text.Embed("push");
        var second = text.Embed("push");
        Assert.Equal(1, calls);
        Assert.True(GoldenFile.RelativeError(second, first) == 0);

        long[] Count(string instruction)
        {
            calls++;
            return new long[77];
        }
    }
}
