using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>
/// Checkpoint containers, byte for byte: tensors of the recorded type against the manifest, tensors rounded to another type against the
/// complete checkpoint, and the <c>extra.*</c> views, which all look at one shared table.
/// </summary>
internal sealed class CheckpointFileCheck : IGoldenCheck
{
    private const string Extra = "extra.";
    private const string Shared = "extra.shared";

    public string Name => "micro.ckpt";

    public string? Upstream => "load_model_checkpoint";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        using var checkpoint = Checkpoint.Open(session.PathOf(entry.Name));
        var manifest = CheckpointManifest.Read(session.PathOf(Path.Combine(entry.Folder, CheckpointManifest.FileName)));
        var own = checkpoint.Entries.Where(e => !e.Name.StartsWith(Extra, StringComparison.Ordinal)).ToList();
        var exact = own.Where(e => !IsRounded(e)).ToList();
        Expect(sheet, "shape, type and bytes", exact, e => manifest.Difference(checkpoint, e));
        var rounded = own.Where(IsRounded).ToList();
        if (rounded.Count > 0)
        {
            using var complete = Checkpoint.Open(session.CompleteCheckpoint(entry.Folder) is { } name
                ? session.PathOf(name)
                : throw new MissingPieceException("needs the complete checkpoint that it was rounded from, which is not in this directory"));
            Expect(sheet, "rounded to nearest even", rounded, e => Rounding(complete, checkpoint, e));
        }

        CheckExtras(checkpoint, sheet);
        if (session.CompleteCheckpoint(entry.Folder) == entry.Name)
        {
            sheet.Expect("every tensor of the manifest", own.Count == manifest.Count, $"{own.Count} tensors, the manifest has {manifest.Count}", $"{own.Count} tensors");
            // Loading refuses missing, misshapen and unknown keys.
            var model = session.ModelOf(entry);
            sheet.Expect("keys of the model", true, "", $"{model.Weights.Schema.ParameterCount} parameters");
        }
    }

    private static bool IsRounded(CheckpointEntry entry) => entry.Type is ElementType.BFloat16 or ElementType.Float16;

    private static void Expect(CheckSheet sheet, string check, IReadOnlyList<CheckpointEntry> entries, Func<CheckpointEntry, string?> difference)
    {
        var wrong = entries.Select(e => (e.Name, Difference: difference(e))).Where(e => e.Difference is not null).ToList();
        sheet.Expect(
            check,
            wrong.Count == 0,
            wrong.Count == 0 ? "" : $"{wrong.Count} of {entries.Count} tensors differ, the first: {wrong[0].Name}: {wrong[0].Difference}",
            $"{entries.Count} tensors");
    }

    private static string? Rounding(Checkpoint complete, Checkpoint rounded, CheckpointEntry entry)
    {
        if (!complete.TryGet(entry.Name, out var original) || !original.Shape.SequenceEqual(entry.Shape))
        {
            return "the complete checkpoint has no such tensor";
        }

        var expected = new byte[entry.ByteLength];
        ElementConversion.FromSingle(complete.ReadFloats(entry.Name), entry.Type, expected);
        return rounded.Bytes(entry).SequenceEqual(expected) ? null : "other bytes";
    }

    /// <summary>Views of the shared table [4, 6] of 0..23: transposed, rows 1 and 2, half precision; and plain tensors of other types.</summary>
    private static void CheckExtras(Checkpoint checkpoint, CheckSheet sheet)
    {
        if (!checkpoint.TryGet(Shared, out var shared))
        {
            return;
        }

        int rows = (int)shared.Shape[0], columns = (int)shared.Shape[1];
        var table = checkpoint.ReadFloats(Shared);
        sheet.Expect(Shared, table.Select((v, i) => v == i).All(b => b), "it is not 0, 1, 2, ...", $"[{rows}, {columns}]");
        foreach (var entry in checkpoint.Entries.Where(e => e.Name.StartsWith(Extra, StringComparison.Ordinal) && e.Name != Shared))
        {
            var values = checkpoint.ReadFloats(entry.Name);
            var (holds, otherwise) = entry switch
            {
                { Name: "extra.transposed_view" } => (
                    entry.Shape.SequenceEqual([columns, rows]) && values.Select((v, i) => v == table[(i % rows * columns) + (i / rows)]).All(b => b),
                    "it is not the shared table transposed"),
                { Name: "extra.offset_view" } => (
                    entry.Offset == shared.Offset + (columns * sizeof(float)) && values.AsSpan().SequenceEqual(table.AsSpan(columns, values.Length)),
                    "it is not rows of the shared table from row 1 on"),
                { Type: ElementType.Bool } => (values.All(v => v is 0 or 1), "it holds values other than 0 and 1"),
                _ => (values.Length > 0 && values.All(float.IsFinite), "its values cannot be read"),
            };
            sheet.Expect(entry.Name, holds, otherwise, $"{entry.Type.TorchName()} [{string.Join(", ", entry.Shape)}]");
        }
    }
}
