using System.Security.Cryptography;
using System.Text;

namespace WorldModelActors.Cluster.Tests;

/// <summary>In which shard an episode lives.</summary>
public sealed class ExtractorTests
{
    private static readonly EpisodeExtractor s_extractor = new();

    /// <summary>Written down: nodes of different versions must agree for ever.</summary>
    [Theory]
    [InlineData("00000000000000000000000000000000", "0")]
    [InlineData("007f0000000000000000000000000000", "127")]
    [InlineData("00800000000000000000000000000000", "0")]
    [InlineData("2c3af29d64ad6dd94e2ae474403a6fc0", "58")]
    [InlineData("ffffffffffffffffffffffffffffffff", "127")]
    public void It_follows_from_the_id_alone(string episode, string shard)
    {
        Assert.Equal(shard, s_extractor.ShardId(new RunEpisode(episode)));
        Assert.Equal(shard, s_extractor.ShardId(episode));
        Assert.Equal(episode, s_extractor.EntityId(new RunEpisode(episode)));
    }

    [Fact]
    public void Episodes_spread_over_all_shards()
    {
        var counts = Enumerable.Range(0, 64 * EpisodeExtractor.Shards)
            .Select(i => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"episode {i}")))[..32])
            .CountBy(EpisodeExtractor.ShardOf).ToList();

        Assert.Equal(EpisodeExtractor.Shards, counts.Count);
        Assert.All(counts, shard => Assert.InRange(shard.Value, 64 / 3, 64 * 2));
    }

    [Fact]
    public void What_is_no_message_of_an_episode_goes_nowhere()
    {
        Assert.Null(s_extractor.EntityId("hello"));
        Assert.Null(s_extractor.ShardId((object)"hello"));
    }
}
