namespace WorldModelActors.Models.Tests.Configuration;

public class InterpolationTests
{
    private const string Document = """
        n: 7
        list: [3, 4]
        map: {deep: {x: 1.5, up: "${..n2}", own: "${.x}"}, n2: "${n}"}
        name: deep
        copy: ${map.deep.x}
        chained: ${map.n2}
        second: ${list.1}
        bracket: ${list[0]}
        whole: ${list}
        text: "n=${n}, x=${map.${name}.x}"
        nested: ${map.${name}.x}
        through: ${alias.x}
        alias: ${map.deep}
        literal: \${n}
        circle: ${around}
        around: "see ${circle}"
        self: ${self}
        unknown: ${map.nothing.x}
        index: ${list.2}
        resolver: ${oc.env:HOME}
        open: ${n
        joined: "a${list}"
        above: ${....x}
        """;

    [Theory]
    [InlineData("copy", 1.5)]
    [InlineData("chained", 7L)]
    [InlineData("map.deep.up", 7L)]
    [InlineData("map.deep.own", 1.5)]
    [InlineData("second", 4L)]
    [InlineData("bracket", 3L)]
    [InlineData("text", "n=7, x=1.5")]
    [InlineData("nested", 1.5)]
    [InlineData("through", 1.5)]
    [InlineData("literal", "${n}")]
    public void References_stand_for_what_they_name(string key, object expected)
        => Assert.Equal(expected, Assert.IsType<ConfigScalar>(Resolve(key)).Value);

    [Fact]
    public void A_reference_to_a_list_is_the_list()
        => Assert.Equal(2, Assert.IsType<ConfigList>(Resolve("whole")).Items.Count);

    [Theory]
    [InlineData("circle", "circle: the interpolations go in a circle: circle -> around -> circle")]
    [InlineData("self", "self: the interpolations go in a circle: self -> self")]
    [InlineData("unknown", "unknown: ${map.nothing.x} names nothing in this configuration")]
    [InlineData("index", "index: ${list.2} names nothing in this configuration")]
    [InlineData("resolver", "resolver: the resolver in ${oc.env:HOME} is not supported")]
    [InlineData("open", "open: an interpolation is not closed")]
    [InlineData("joined", "joined: ${list} is a list or a map")]
    [InlineData("above", "above: ${....x} names nothing")]
    public void What_cannot_be_resolved_names_its_key(string key, string expected)
        => Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Resolve(key)).Message);

    [Fact]
    public void Doubling_references_end()
    {
        var lines = Enumerable.Range(0, 60).Select(i => $"a{i}: \"${{a{i + 1}}}${{a{i + 1}}}\"").Append("a60: ''");
        var root = (ConfigMap)YamlDocument.Parse(string.Join('\n', lines));
        Assert.Contains("more than 100000 interpolations", Assert.Throws<ConfigurationException>(() => new Interpolation(root).Resolve(root["a0"]!)).Message);
    }

    private static ConfigNode Resolve(string key)
    {
        var root = YamlDocument.Parse(Document);
        var node = key.Split('.').Aggregate(root, (n, step) => ((ConfigMap)n)[step]!);
        return new Interpolation(root).Resolve(node);
    }
}
