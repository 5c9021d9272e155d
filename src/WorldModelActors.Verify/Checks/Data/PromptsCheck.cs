using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>The prompt directory: every row can be prepared. The rollouts compare what comes out.</summary>
internal sealed class PromptsCheck : IGoldenCheck
{
    public string Name => "prompts/";

    public string? Upstream => null;

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        var (height, width) = session.Configuration.ImageSize;
        var prompts = PromptDirectory.Open(session.PathOf(entry.Name));
        foreach (var row in prompts.Rows)
        {
            using var observation = PreparedObservation.Load(prompts, row, frameStride: 1, height, width);
            var finite = true;
            foreach (var value in observation.Image.Values)
            {
                finite &= float.IsFinite(value);
            }

            sheet.Expect(
                $"{row.Dataset}/{row.VideoId} prepared",
                finite && observation.States.Values.All(float.IsFinite) && observation.Actions.Values.All(float.IsFinite),
                "the prepared observation holds values that are not finite",
                $"{observation.ActionWidth} action and {observation.StateWidth} state dimensions");
        }
    }
}
