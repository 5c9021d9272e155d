using System.Diagnostics;

namespace WorldModelActors.Media.Tests;

public sealed class Hdf5FileTests
{
    private static readonly float[] Ramp = [-1.5f, 0, 0.25f, 1, 2, 3];
    private static readonly float[] Whole = [-2, -1, 0, 1, 2, 300];

    [Fact]
    public void Every_number_type_and_layout_is_read_as_float32()
    {
        using var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("types.h5"));
        foreach (var dataset in new[] { "float32", "float64_big_endian", "compressed" })
        {
            Assert.Equal([3, 2], file.Shape(dataset));
            var matrix = file.ReadMatrix(dataset);
            Assert.Equal((3, 2), (matrix.Rows, matrix.Columns));
            Assert.Equal(Ramp, matrix.Values);
        }

        Assert.Equal(Whole, file.ReadMatrix("int16").Values);
        Assert.Equal(Whole, file.ReadMatrix("int64").Values);
        Assert.Equal((0, 2), (file.ReadMatrix("no_rows").Rows, file.ReadMatrix("no_rows").Columns));
    }

    [Fact]
    public void Datasets_of_the_root_are_listed_and_groups_are_not()
    {
        using var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("types.h5"));
        Assert.Equal(
            ["compressed", "float32", "float64_big_endian", "int16", "int64", "no_rows", "rank0", "rank1", "rank3", "words"],
            file.DatasetNames());
    }

    [Fact]
    public void Text_attributes_of_fixed_and_variable_length_are_read()
    {
        using var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("types.h5"));
        Assert.Equal("joint position °", file.TextAttribute("variable"));
        Assert.Equal("joint velocity", file.TextAttribute("fixed"));
        Assert.Equal("arm", file.TextAttribute("spaces"));
        Assert.Null(file.TextAttribute("absent"));
        Assert.Contains("one string", Assert.Throws<PromptDataException>(() => file.TextAttribute("two")).Message);
        Assert.Contains("not text", Assert.Throws<PromptDataException>(() => file.TextAttribute("number")).Message);
    }

    [Theory]
    [InlineData("absent", "is missing; the file has compressed, float32")]
    [InlineData("group", "is missing")]
    [InlineData("/float32", "is missing")]
    [InlineData("", "is missing")]
    [InlineData("rank0", "has the shape []")]
    [InlineData("rank1", "has the shape [6]")]
    [InlineData("rank3", "has the shape [1, 3, 2]")]
    [InlineData("words", "has the shape [2]")]
    public void What_is_no_table_is_named(string dataset, string reason)
    {
        using var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("types.h5"));
        var error = Assert.Throws<PromptDataException>(() => file.ReadMatrix(dataset));
        Assert.Contains("types.h5", error.Message);
        Assert.Contains($"'{dataset}'", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("absurd", "absurd size")]
    [InlineData("absurd_overflow", "absurd size")]
    [InlineData("external_values", "in another file")]
    [InlineData("external_link", "is missing")]
    [InlineData("soft_link", "is missing")]
    public void Absurd_sizes_and_ways_out_of_the_file_are_refused(string dataset, string reason)
    {
        using var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("hostile.h5"));
        Assert.Contains(reason, Assert.Throws<PromptDataException>(() => file.ReadMatrix(dataset)).Message);
    }

    [Fact]
    public void Missing_and_foreign_files_are_named()
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains("no such HDF5 file", Assert.Throws<PromptDataException>(() => Hdf5File.Open(directory.File("absent.h5"))).Message);
        File.WriteAllText(directory.File("text.h5"), "no HDF5");
        Assert.Contains("not an HDF5 file", Assert.Throws<PromptDataException>(() => Hdf5File.Open(directory.File("text.h5"))).Message);
    }

    [Fact]
    public void Truncated_files_are_refused()
    {
        using var directory = new TemporaryDirectory();
        var whole = File.ReadAllBytes(RepositoryFiles.Golden("prompts", "transitions", "tiny_set", "0.h5"));
        var path = directory.File("cut.h5");
        foreach (var length in new[] { 0, 7, 8, 95, 96, 800, 2048, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains("cut.h5", Assert.Throws<PromptDataException>(() => Transition.Load(path)).Message);
        }
    }

    /// <summary>
    /// Some of these files crash libhdf5 1.10 or keep it busy for ever. The reader process dies of it; this one reports.
    /// </summary>
    [Fact]
    public void Damaged_files_are_read_or_refused_and_never_crash_or_hang()
    {
        using var directory = new TemporaryDirectory();
        var whole = File.ReadAllBytes(RepositoryFiles.Golden("prompts", "transitions", "tiny_set", "0.h5"));
        var path = directory.File("damaged.h5");
        var random = new Random(11);
        for (var round = 0; round < 150; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(Math.Min(bytes.Length, 4096))] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, bytes);
            try
            {
                Transition.Load(path);
            }
            catch (PromptDataException error)
            {
                Assert.StartsWith(path, error.Message);
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public void The_death_of_the_reader_is_an_error_like_any_other()
    {
        var path = RepositoryFiles.Hdf5Fixture("types.h5");
        using var reader = Hdf5Process.Start(path);
        Assert.Equal(Hdf5Status.Ok, reader.Ask('L', "").Status);
        using (var process = Process.GetProcessById(reader.Id))
        {
            process.Kill();
        }

        var error = Assert.Throws<PromptDataException>(() => reader.Ask('L', ""));
        Assert.Equal($"{path}: the file is damaged (libhdf5 crashed on it or did not finish); copy or make it again.", error.Message);
    }

    [Fact]
    public void A_closed_file_cannot_be_read()
    {
        var file = Hdf5File.Open(RepositoryFiles.Hdf5Fixture("types.h5"));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.DatasetNames());
    }
}
