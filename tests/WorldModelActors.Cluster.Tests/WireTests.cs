using Akka.Actor;

namespace WorldModelActors.Cluster.Tests;

/// <summary>What nodes of a cluster say to each other, on the wire.</summary>
public sealed class WireTests : IAsyncDisposable
{
    private static readonly IReadOnlyList<IClusterMessage> s_messages =
    [
        new RunEpisode("2c3af29d64ad6dd94e2ae474403a6fc0"), StopEpisode.Instance,
        new EpisodeProgress("node \u00e4", "2c3af29d64ad6dd94e2ae474403a6fc0", EpisodeProgressKind.Claimed, 7),
        new EpisodeProgress("", "", EpisodeProgressKind.Ended, long.MaxValue),
    ];

    private readonly ActorSystem _system = ActorSystem.Create("wire", ClusterNode.Configuration(new ClusterOptions { Node = "a", Seeds = [] }));

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public void Every_message_comes_as_it_went()
    {
        Assert.Equal(
            typeof(IClusterMessage).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IClusterMessage)) && !type.IsInterface).OrderBy(type => type.Name),
            s_messages.Select(message => message.GetType()).Distinct().OrderBy(type => type.Name));
        Assert.All(s_messages, message =>
        {
            var serializer = _system.Serialization.FindSerializerFor(message);
            var bytes = serializer.ToBinary(message);
            var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, message);
            Assert.Equal(message, _system.Serialization.Deserialize(bytes, serializer.Identifier, manifest));
        });
    }

    [Fact]
    public void Nothing_else_of_this_program_leaves_or_enters()
    {
        object[] others = [new ClusterOptions { Node = "a", Seeds = [] }, new List<string> { "a" }, new Uri("http://a/"), new float[4, 4]];
        Assert.All(others, other => Assert.ThrowsAny<Exception>(() => _system.Serialization.FindSerializerFor(other).ToBinary(other)));
    }
}
