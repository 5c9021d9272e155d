using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>The set's weights: exactly the keys and shapes of the model that its configuration describes, all numbers finite.</summary>
internal sealed class StateDictCheck : IGoldenCheck
{
    public string Name => GoldenSession.WeightsFile;

    public string? Upstream => ".state_dict()";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        // Loading refuses missing, misshapen and unknown keys.
        var model = session.Model;
        using var checkpoint = Checkpoint.Open(session.PathOf(entry.Name));
        sheet.Expect("keys and shapes", true, "", $"{checkpoint.Entries.Count} tensors, {model.Weights.Schema.ParameterCount} parameters");
        var broken = checkpoint.Entries.FirstOrDefault(e => e.Type.IsFloatingPoint() && !IsFinite(checkpoint, e));
        sheet.Expect("finite numbers", broken is null, $"{broken?.Name} holds values that are not finite");
    }

    private static bool IsFinite(Checkpoint checkpoint, CheckpointEntry entry) => checkpoint.ReadFloats(entry.Name).All(float.IsFinite);
}
