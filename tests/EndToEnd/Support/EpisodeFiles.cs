using System.Text.Json.Nodes;
using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.EndToEnd.Tests;

/// <summary>The folder of an episode, read back.</summary>
internal sealed record EpisodeFiles(string Folder)
{
    public JsonNode Record => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "episode.json")))!;

    public string VideoPath => Path.Combine(Folder, "video.mp4");

    public string TrajectoryPath => Path.Combine(Folder, "trajectory.safetensors");

    public Image ContactSheet() => Image.Load(Path.Combine(Folder, "contact-sheet.png"));

    /// <summary>All frames of a video, one after the other, with its frame rate.</summary>
    public static (List<byte[]> Frames, double Fps) ReadVideo(string path)
    {
        using var reader = VideoReader.Open(path);
        var frames = new List<byte[]>();
        while (reader.Read() is { } frame)
        {
            using (frame)
            {
                frames.Add(frame.Pixels.ToArray());
            }
        }

        return (frames, reader.Fps);
    }

    /// <summary>A tensor of the trajectory: its shape and values.</summary>
    public (long[] Shape, float[] Values) Trajectory(string name)
    {
        using var file = SafetensorsFile.Open(TrajectoryPath);
        return ([.. file.Entry(name).Shape], file.ReadFloats(name));
    }
}
