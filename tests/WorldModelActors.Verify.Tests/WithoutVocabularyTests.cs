namespace WorldModelActors.Verify.Tests;

public sealed class WithoutVocabularyTests
{
    private const string Rollout = "rollout_exe1_zero_state.safetensors";

    [Fact]
    public void Token_ids_are_skipped_with_the_reason()
    {
        using var set = new SetCopy("clip_text.safetensors", "strings.json");
        var ids = Assert.Single(set.Verify(), r => r.Check == "token_ids");
        Assert.Equal(GoldenStatus.Skipped, ids.Status);
        Assert.Contains("--clip-vocab", ids.Note);
    }

    [Fact]
    public void A_rollout_takes_its_text_from_the_record_and_still_finds_a_wrong_action()
    {
        Assert.SkipUnless(Directory.Exists(GoldenDirectories.Full), $"{GoldenDirectories.Full} is not there");
        using var set = SetCopy.OfFullSet(Rollout);
        set.Rewrite(Rollout, (name, values) => name == "it1.policy.pred_actions" ? [.. values.Select((v, i) => i == 0 ? v + 0.2f : v)] : values);
        var results = set.Verify();
        var skipped = Assert.Single(results, r => r.Status == GoldenStatus.Skipped);
        Assert.Equal("text tokens of the instruction", skipped.Check);
        Assert.Contains("--clip-vocab", skipped.Note);

        // The call itself, the queue that the action goes to, and the episode's executed action.
        Assert.Equal(
            ["free run: actions", "it1.policy.pred_actions", "it1.world.queue.action"],
            results.Where(r => r.Status == GoldenStatus.Failed).Select(r => r.Check).Order(StringComparer.Ordinal));
    }
}
