namespace WorldModelActors.Reliability.Tests;

public sealed class TinyDiskTests
{
    [Fact]
    public void It_is_full_after_filling_and_has_space_after_freeing()
    {
        using var folder = new ScratchFolder();
        var (mounted, reason) = TinyDisk.Mount(folder["disk"], mebibytes: 1);
        Assert.SkipWhen(mounted is null, reason ?? "");
        using var disk = mounted!;
        var path = Path.Combine(disk.Path, "file");

        disk.Fill();
        Assert.Throws<IOException>(() => File.WriteAllBytes(path, new byte[5000]));
        disk.Free();
        File.WriteAllBytes(path, new byte[5000]);
        Assert.Equal(5000, new FileInfo(path).Length);
    }
}
