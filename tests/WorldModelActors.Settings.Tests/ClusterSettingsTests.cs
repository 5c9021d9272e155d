namespace WorldModelActors.Settings.Tests;

/// <summary>Settings of clusters and of the exchange of files.</summary>
public sealed class ClusterSettingsTests
{
    [Fact]
    public void Without_a_word_there_is_neither()
    {
        var settings = Load();
        Assert.Empty(settings.Cluster.SeedNodes);
        Assert.Equal(["gpu", "control"], settings.Cluster.Roles);
        Assert.Null(settings.Exchange.Listen);
        Assert.Null(settings.Exchange.Tls);
    }

    [Fact]
    public void Nodes_and_roles_are_separated_by_commas()
    {
        var settings = Load(("wma.cluster.seed-nodes", "127.0.0.1:4053, host-b:4054,"), ("wma.cluster.roles", "control"), ("wma.exchange.listen", "127.0.0.1:0"));
        Assert.Equal(["127.0.0.1:4053", "host-b:4054"], settings.Cluster.SeedNodes);
        Assert.Equal(["control"], settings.Cluster.Roles);
        Assert.Equal("127.0.0.1:0", settings.Exchange.Listen?.ToString());
    }

    [Theory]
    [InlineData("wma.cluster.seed-nodes", "127.0.0.1")]
    [InlineData("wma.cluster.seed-nodes", "a:0")]
    [InlineData("wma.cluster.seed-nodes", "a:65536")]
    [InlineData("wma.cluster.seed-nodes", "a:4053,b")]
    [InlineData("wma.cluster.roles", "")]
    [InlineData("wma.cluster.roles", "gpu,king")]
    [InlineData("wma.cluster.port", "65536")]
    [InlineData("wma.exchange.listen", "127.0.0.1")]
    [InlineData("wma.exchange.listen", "0.0.0.0:4000")]
    [InlineData("wma.exchange.certificate", "only-one.pem")]
    public void What_makes_no_sense_is_refused(string key, string value) =>
        Assert.StartsWith(key, Assert.Throws<HoconException>(() => Load((key, value))).Message, StringComparison.Ordinal);

    private static WmaSettings Load(params IEnumerable<(string Key, string Value)> flags)
    {
        var overrides = new SettingOverrides();
        foreach (var (key, value) in flags)
        {
            overrides.Set(key, "--the-flag", value);
        }

        return WmaSettings.Load([overrides.ToConfig()], _ => null);
    }
}
