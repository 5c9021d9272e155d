namespace WorldModelActors.Models;

/// <summary>Reads the tables that are embedded in this assembly: lines of text, those starting with # being comments.</summary>
internal static class TextResource
{
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(TextResource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its table {name}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
