namespace WorldModelActors.Reliability;

/// <summary>Damages files as power losses, bad disks and careless hands do.</summary>
public static class FileDamage
{
    /// <summary>Cuts off the second half.</summary>
    public static void Truncate(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(file.Length / 2);
    }

    /// <summary>Turns a byte in the middle around; the length stays.</summary>
    public static void Corrupt(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)~value);
    }
}
