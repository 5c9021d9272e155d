using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Engine.Tests;

public sealed class ActorPathTests
{
    [Fact]
    public void A_path_reads_as_its_elements()
    {
        var path = ActorPath.Root.Child("node").Child("device").Child("0").Child("denoiser");
        Assert.Equal("/node/device/0/denoiser", path.ToString());
        Assert.Equal("denoiser", path.Name);
        Assert.Equal("/node/device/0", path.Parent?.ToString());
        Assert.Equal(4, path.Depth);
        Assert.True(ActorPath.Parse("/node").IsAncestorOf(path));
        Assert.False(path.IsAncestorOf(path));
        Assert.Equal("/", ActorPath.Root.ToString());
    }

    [Fact]
    public void Parse_reads_what_ToString_writes()
    {
        const string letters = "abzAZ019-_.$~@=";
        var names = Gen.NonEmptyListOf(Gen.Elements(letters.ToCharArray())).Select(list => string.Concat(list));
        var paths = Gen.ListOf(names).Select(list => list.Aggregate(ActorPath.Root, (path, name) => path.Child(name)));
        Prop.ForAll(paths.ToArbitrary(), path =>
        {
            var read = ActorPath.Parse(path.ToString());
            Assert.Equal(path, read);
            Assert.Equal(path.GetHashCode(), read.GetHashCode());
            Assert.Equal(path.Depth, read.Depth);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/a b")]
    [InlineData("/ä")]
    public void What_is_no_path_is_refused(string text) => Assert.Throws<FormatException>(() => ActorPath.Parse(text));

    [Fact]
    public void A_name_must_be_plain() => Assert.Throws<ArgumentException>(() => ActorPath.Root.Child("a/b"));
}
