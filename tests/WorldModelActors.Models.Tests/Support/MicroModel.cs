namespace WorldModelActors.Models.Tests;

/// <summary>
/// The golden set's micro model (<c>micro/config.json</c>); its two CLIP towers and the widths of its resnet18 trunk are not
/// in that file and stand here, as the checkpoint has them.
/// </summary>
internal static class MicroModel
{
    private const string Beside = """
        "resnet18_planes": [16, 16, 16, 16],
        "clip": {
          "text": {"embed_dim": 16, "text_cfg": {"vocab_size": 64, "width": 16, "heads": 2, "layers": 2}},
          "image": {
            "embed_dim": 16,
            "vision_cfg": {"width": 16, "head_width": 8, "layers": 2, "patch_size": 56},
            "text_cfg": {"vocab_size": 8, "width": 16, "heads": 2, "layers": 2}
          }
        }
        """;

    public static WorldModelOptions Options
        => ModelConfiguration.Parse($"{{\"model\": {File.ReadAllText(RepositoryFiles.Golden("micro/config.json"))}, {Beside}}}", isJson: true);
}
