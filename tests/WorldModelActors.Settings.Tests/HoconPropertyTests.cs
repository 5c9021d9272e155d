using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Settings.Tests;

/// <summary>Laws, on generated settings.</summary>
public sealed class HoconPropertyTests
{
    private static readonly Config Quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300);

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements("", " ", "a", "null", "true", "5", "-1.5e+3", "a b", "include", "a//b", "${x}", "\"", "\\", "\n", "\r", "\0", "\uFEFF", "\ud83d", "ü", "#", "a.b", "="),
        Gen.Choose(0, 0x17F).Select(c => (char)c).ListOf().Select(list => string.Concat(list)));

    private static readonly Gen<string> Keys = Gen.OneOf(Gen.Elements("a", "b", "c", "d"), Texts);

    [Fact]
    public void What_is_rendered_reads_back_as_the_same() =>
        Prop.ForAll(Objects().ToArbitrary(), it =>
        {
            var text = HoconRenderer.Render(it);
            Assert.Equal<HoconValue>(it, HoconConfig.Parse(text, "test", _ => null).Root);
        }).Check(Quiet);

    [Fact]
    public void Rendering_is_stable() =>
        Prop.ForAll(Objects().ToArbitrary(), it =>
        {
            var text = HoconRenderer.Render(it);
            Assert.Equal(text, HoconRenderer.Render(HoconConfig.Parse(text, "test", _ => null).Root));
        }).Check(Quiet);

    [Fact]
    public void Paths_read_back() =>
        Prop.ForAll(Keys.NonEmptyListOf().Select(elements => elements.Take(60).ToList()).ToArbitrary(), elements =>
            Assert.Equal(elements, HoconPath.Parse(HoconPath.Render(elements)))).Check(Quiet);

    [Fact]
    public void A_substitution_equals_what_it_names() =>
        Prop.ForAll(Values(3).ToArbitrary(), value =>
        {
            var config = Parse(new HoconObject(new Dictionary<string, HoconValue> { ["target"] = value }), "copy = ${target}, again = ${?copy}, list = [${copy}]");
            Assert.Equal(value, config.Root.Fields["copy"]);
            Assert.Equal(value, config.Root.Fields["again"]);
            Assert.Equal(value, ((HoconArray)config.Root.Fields["list"]).Items[0]);
        }).Check(Quiet);

    [Fact]
    public void Fall_backs_are_associative_and_empty_is_neutral() =>
        Prop.ForAll(Objects().Three().ToArbitrary(), three =>
        {
            var (a, b, c) = (Parse(three.Item1), Parse(three.Item2), Parse(three.Item3));
            Assert.Equal<HoconValue>(a.WithFallback(b).WithFallback(c).Root, a.WithFallback(b.WithFallback(c)).Root);
            Assert.Equal<HoconValue>(a.Root, a.WithFallback(HoconConfig.Empty).Root);
            Assert.Equal<HoconValue>(a.Root, HoconConfig.Empty.WithFallback(a).Root);
            Assert.Equal<HoconValue>(a.Root, a.WithFallback(a).Root);
        }).Check(Quiet);

    [Fact]
    public void A_fall_back_is_what_was_written_before() =>
        Prop.ForAll(Objects().Two().ToArbitrary(), two =>
            Assert.Equal<HoconValue>(
                HoconConfig.Parse(HoconRenderer.Render(two.Item2) + "\n" + HoconRenderer.Render(two.Item1), "test").Root,
                Parse(two.Item1).WithFallback(Parse(two.Item2)).Root)).Check(Quiet);

    [Fact]
    public void Merging_objects_by_substitution_equals_merging_by_writing() =>
        Prop.ForAll(Objects().Two().ToArbitrary(), two =>
        {
            var (older, newer) = (new Dictionary<string, HoconValue> { ["x"] = two.Item1 }, new Dictionary<string, HoconValue> { ["x"] = two.Item2 });
            var written = Parse(new HoconObject(newer)).WithFallback(Parse(new HoconObject(older))).Root.Fields["x"];
            var substituted = HoconConfig.Parse(
                $"a {{\n{HoconRenderer.Render(two.Item1)}}}\nb {{\n{HoconRenderer.Render(two.Item2)}}}\nx = ${{a}} ${{b}}", "test", _ => null);
            Assert.Equal(written, substituted.Root.Fields["x"]);
        }).Check(Quiet);

    [Fact]
    public void Appending_equals_writing_the_array() =>
        Prop.ForAll(Values(2).ListOf().ToArbitrary(), items =>
        {
            var appended = new StringBuilder("a = []\n");
            foreach (var item in items)
            {
                appended.Append("a += ").Append(item is HoconObject ? $"{{\n{HoconRenderer.Render(item)}}}" : HoconRenderer.Render(item)).Append('\n');
            }

            Assert.Equal(items, HoconConfig.Parse(appended.ToString(), "test", _ => null).GetList("a"));
        }).Check(Quiet);

    [Fact]
    public void Names_are_as_far_from_each_other_as_back() =>
        Prop.ForAll(Keys.Three().ToArbitrary(), three =>
        {
            var (a, b, c) = three;
            Assert.Equal(0, NearestName.Distance(a, a));
            Assert.Equal(NearestName.Distance(a, b), NearestName.Distance(b, a));
            Assert.Equal(NearestName.Distance(a, b), NearestName.Distance(c + a, c + b));
            Assert.InRange(NearestName.Distance(a, b), Math.Abs(a.Length - b.Length), Math.Max(a.Length, b.Length));
        }).Check(Quiet);

    private static HoconConfig Parse(HoconObject it, string more = "") =>
        HoconConfig.Parse(HoconRenderer.Render(it) + more, "test", _ => null);

    private static Gen<HoconObject> Objects() => Objects(3);

    private static Gen<HoconObject> Objects(int depth) =>
        Keys.Zip(Values(depth - 1)).ListOf().Select(fields =>
        {
            var distinct = new Dictionary<string, HoconValue>(StringComparer.Ordinal);
            foreach (var (key, value) in fields.Take(6))
            {
                distinct[key] = value;
            }

            return new HoconObject(distinct);
        });

    private static Gen<HoconValue> Values(int depth)
    {
        var scalars = Gen.Frequency(
            (8, Texts.Select(text => (HoconValue)new HoconScalar(text))),
            (1, Gen.Constant((HoconValue)HoconScalar.Null)));
        return depth <= 0
            ? scalars
            : Gen.Frequency(
                (3, scalars),
                (1, Objects(depth).Select(it => (HoconValue)it)),
                (1, Values(depth - 1).ListOf().Select(items => (HoconValue)new HoconArray([.. items.Take(5)]))));
    }
}
