namespace WorldModelActors.Models.Tests;

public sealed class TextEmbeddingCacheTests
{
    [Fact]
    public void The_least_recently_used_entry_is_dropped()
    {
        using var scope = NewDisposeScope();
        using var cache = new TextEmbeddingCache(2);
        var computed = new List<string>();
        foreach (var text in (string[])["a", "b", "a", "c", "a", "b"])
        {
            cache.GetOrAdd(text, key =>
            {
                computed.Add(key);
                return zeros([1]);
            });
        }

        Assert.Equal(["a", "b", "c", "b"], computed);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_result_outlives_its_entry()
    {
        using var scope = NewDisposeScope();
        using var cache = new TextEmbeddingCache(1);
        var kept = cache.GetOrAdd("a", _ => full([1], 7f));
        cache.GetOrAdd("b", _ => full([1], 8f));
        Assert.Equal(7f, kept.ToSingle());
    }

    [Fact]
    public void A_failed_embedding_leaves_no_entry()
    {
        using var cache = new TextEmbeddingCache(1);
        Assert.Throws<InvalidOperationException>(() => cache.GetOrAdd("a", _ => throw new InvalidOperationException()));
        Assert.Equal(0, cache.Count);
    }
}
