namespace WorldModelActors.Verify;

/// <summary>Tokenizer (ids exactly) and text tower (on the recorded ids).</summary>
internal sealed class ClipTextCheck : IGoldenCheck
{
    public string Name => "clip_text";

    public string? Upstream => "open_clip.tokenize";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("selected");
        if (session.Tokenizer is { } tokenizer)
        {
            var strings = StringsCheck.Read(session.PathOf(Path.Combine(entry.Folder, StringsCheck.FileName)));
            var length = (int)file.Shape("token_ids")[1];
            sheet.CompareExactly("token_ids", tokenizer.Tokenize(strings, length), file.Integers("token_ids"), "token_ids");
        }
        else
        {
            sheet.Skip("token_ids", GoldenSession.NoVocabulary, "token_ids");
        }

        var ids = file["token_ids"].index_select(0, file["selected"]);
        sheet.Compare("embeddings", session.Model.Model.Text.Encoder.Forward(ids), Tolerances.Module);
    }
}
