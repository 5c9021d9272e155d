using FsCheck.Fluent;

namespace WorldModelActors.Media.Tests;

public sealed class PromptDirectoryTests
{
    private const string Header = "videoid,contentUrl,duration,data_dir,instruction,dynamic_confidence,dynamic_wording,dynamic_source_category,embodiment,fps";

    [Fact]
    public void Quoted_instructions_and_the_frame_rate_are_read()
    {
        var prompts = PromptDirectory.Open(RepositoryFiles.Golden("prompts"));
        Assert.Equal(["tiny_set"], prompts.Datasets);
        var row = Assert.Single(prompts.Rows);
        Assert.Equal(
            new PromptRow("tiny_set", "0", "tiny_set", "Stack the blocks in the rectangular block: red at the bottom, yellow in the middle, green on top.", 30, 2),
            row);
        Assert.True(File.Exists(prompts.ImagePath(row)));
        Assert.True(File.Exists(prompts.TransitionPath(row)));
        Assert.True(File.Exists(prompts.StatisticsPath("tiny_set")));
    }

    [Theory]
    [InlineData(30, 4, 7)]
    [InlineData(30, 6, 5)]
    [InlineData(10, 1, 10)]
    [InlineData(29.97, 4, 7)]
    [InlineData(3.5, 4, 0)]
    public void The_frame_rate_condition_is_a_floor_division(double fps, int frameStride, long expected) =>
        Assert.Equal(expected, new PromptRow("d", "0", "d", "", fps, 2).ModelFps(frameStride));

    [Fact]
    public void Data_sets_are_read_in_order_or_by_name()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("b.csv"), $"{Header}\n0,x,x,b,push,x,x,x,arm,10\n");
        File.WriteAllText(directory.File("a.csv"), "\uFEFFfps,videoid,instruction,data_dir\r\n2.5,7,\"say \"\"hi\"\",\nthen go\",deep/er\r\n\r\n30,8,,a\r\n");
        var all = PromptDirectory.Open(directory.Path);
        Assert.Equal(["a", "b"], all.Datasets);
        Assert.Equal(["7", "8", "0"], all.Rows.Select(row => row.VideoId));
        Assert.Equal("say \"hi\",\nthen go", all.Rows[0].Instruction);
        Assert.Equal(Path.Combine(directory.Path, "images", "deep/er", "7.png"), all.ImagePath(all.Rows[0]));
        Assert.Equal("", all.Rows[1].Instruction);
        Assert.Equal(["0"], PromptDirectory.Open(directory.Path, "b").Rows.Select(row => row.VideoId));
        Assert.Contains("there is: a, b", Assert.Throws<PromptDataException>(() => PromptDirectory.Open(directory.Path, "c")).Message);
    }

    [Fact]
    public void Directories_without_prompts_are_named()
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains("no such prompt directory", Assert.Throws<PromptDataException>(() => PromptDirectory.Open(directory.File("absent"))).Message);
        Assert.Contains("no prompt table", Assert.Throws<PromptDataException>(() => PromptDirectory.Open(directory.Path)).Message);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("videoid,data_dir,instruction,fps\n", "no rows")]
    [InlineData("videoid,instruction,fps\n0,push,10\n", "line 1: column 'data_dir' is missing")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d,push,10\n1,d,pull,fast\n", "line 3, column 'fps': 'fast' is not a frame rate")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d,push,-1\n", "line 2, column 'fps'")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d,push,NaN\n", "line 2, column 'fps'")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d,push,1e999\n", "line 2, column 'fps'")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d\n", "line 2, column 'instruction': the row ends before it")]
    [InlineData("videoid,data_dir,instruction,fps\n,d,push,10\n", "line 2, column 'videoid'")]
    [InlineData("videoid,data_dir,instruction,fps\n../../0,d,push,10\n", "line 2, column 'videoid': '../../0' is not a file name")]
    [InlineData("videoid,data_dir,instruction,fps\n0,../../etc,push,10\n", "line 2, column 'data_dir': '../../etc' is not a folder inside")]
    [InlineData("videoid,data_dir,instruction,fps\n0,/etc,push,10\n", "line 2, column 'data_dir'")]
    [InlineData("videoid,data_dir,instruction,fps\n0,d,pu\"sh,10\n", "line 2: the CSV is malformed")]
    public void Errors_name_file_line_and_column(string table, string reason)
    {
        using var text = new StringReader(table);
        var error = Assert.Throws<PromptDataException>(() => PromptTable.Read(text, "prompts/robot.csv"));
        Assert.StartsWith("prompts/robot.csv: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory.File("a.csv"), [.. "videoid,data_dir,instruction,fps\n0,d,"u8, 0xFF, 0xFE, .. ",10\n"u8]);
        Assert.Contains("not UTF-8", Assert.Throws<PromptDataException>(() => PromptDirectory.Open(directory.Path)).Message);
    }

    [Fact]
    public void No_name_leads_out_of_the_prompt_directory()
    {
        var parts = Gen.Elements("..", ".", "/", "\\", "a", "b.c", "", "...", "\0", "~", "C:");
        var names = Gen.ArrayOf(parts).Select(string.Concat);
        var cases = from id in names from folder in names select (id, folder);
        Law.Holds(cases, c =>
        {
            if (!PromptPath.IsFileName(c.id) || !PromptPath.IsRelativeFolder(c.folder))
            {
                return;
            }

            var inside = Path.GetFullPath("/prompts/images") + "/";
            var path = Path.GetFullPath(Path.Combine("/prompts/images", c.folder, c.id + ".png"));
            Assert.StartsWith(inside, path);
        });
    }

    [Fact]
    public void Random_tables_are_read_or_refused()
    {
        var pieces = Gen.Elements("videoid", "data_dir", "instruction", "fps", ",", "\"", "\n", "\r\n", "0", "10", "x", " ", "\0", "é");
        Law.Holds(Gen.ArrayOf(pieces).Select(string.Concat), table =>
        {
            using var text = new StringReader("videoid,data_dir,instruction,fps\n0,d,go,1\n" + table);
            try
            {
                Assert.NotEmpty(PromptTable.Read(text, "random.csv"));
            }
            catch (PromptDataException error)
            {
                Assert.StartsWith("random.csv: ", error.Message);
            }
        });
    }
}
