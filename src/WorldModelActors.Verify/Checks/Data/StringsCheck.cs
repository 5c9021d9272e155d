using System.Text.Json;

namespace WorldModelActors.Verify;

/// <summary>The strings that the tokenizer's record was made from: one for each row of ids.</summary>
internal sealed class StringsCheck : IGoldenCheck
{
    public const string FileName = "strings.json";

    public string Name => FileName;

    public string? Upstream => null;

    /// <summary>The strings, from a list or from a list under <c>strings</c>.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var list = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.GetProperty("strings") : document.RootElement;
        return [.. list.EnumerateArray().Select(s => s.GetString()!)];
    }

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        var strings = Read(session.PathOf(entry.Name));
        var path = session.PathOf(Path.Combine(entry.Folder, "clip_text.safetensors"));
        if (!File.Exists(path))
        {
            sheet.Skip("rows", "clip_text.safetensors is not in this directory");
            return;
        }

        using var ids = new GoldenFile(path);
        var rows = ids.Shape("token_ids")[0];
        sheet.Expect("rows", rows == strings.Count, $"{strings.Count} strings, {rows} rows of recorded ids", $"{rows} strings (checked with clip_text)");
    }
}
