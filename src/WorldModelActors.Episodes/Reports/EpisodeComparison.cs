using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>How close an episode is to the reference episode of the same prompt, seed, repeat and frame stride.</summary>
/// <param name="Frames">Frames compared: those that both have.</param>
/// <param name="Psnr">PSNR of the videos' frames in decibels, mean over frames; infinite where all are equal.</param>
/// <param name="Ssim">SSIM of the videos' frames, mean over frames.</param>
/// <param name="ActionRmse">Root mean squared difference of the actions, in robot units.</param>
/// <param name="StateRmse">Root mean squared difference of the predicted states, in robot units.</param>
public sealed record EpisodeComparison(int Frames, double Psnr, double Ssim, double ActionRmse, double StateRmse)
{
    /// <summary>What an equal frame counts beside others that are not: the mean would be infinite otherwise.</summary>
    public const double PsnrOfEqual = 100;

    /// <summary>Compares videos frame by frame, never holding more than one of each, and trajectories.</summary>
    /// <param name="own">The episode's video and trajectory.</param>
    /// <param name="reference">Those of the reference.</param>
    /// <param name="stop">Stops between two frames.</param>
    /// <exception cref="MediaException">A video is damaged, or the pictures have other sizes.</exception>
    /// <exception cref="SafetensorsException">A trajectory is damaged.</exception>
    public static EpisodeComparison Of((string Video, string Trajectory) own, (string Video, string Trajectory) reference, CancellationToken stop = default)
    {
        var (frames, psnr, ssim) = CompareVideos(own.Video, reference.Video, stop);
        using var ownRows = SafetensorsFile.Open(own.Trajectory);
        using var referenceRows = SafetensorsFile.Open(reference.Trajectory);
        return new EpisodeComparison(frames, psnr, ssim, Rmse(ownRows, referenceRows, "action"), Rmse(ownRows, referenceRows, "state"));
    }

    /// <summary>Mean of PSNRs: infinite where all are; else an infinite one counts <see cref="PsnrOfEqual"/>.</summary>
    public static double MeanPsnr(IReadOnlyCollection<double> values) =>
        values.Count == 0 ? double.NaN
        : values.All(double.IsPositiveInfinity) ? double.PositiveInfinity
        : values.Average(value => Math.Min(value, PsnrOfEqual));

    private static (int Frames, double Psnr, double Ssim) CompareVideos(string own, string reference, CancellationToken stop)
    {
        using var first = VideoReader.Open(own);
        using var second = VideoReader.Open(reference);
        var psnr = new List<double>();
        var ssim = new List<double>();
        while (first.Read() is { } a)
        {
            using (a)
            {
                stop.ThrowIfCancellationRequested();
                using var b = second.Read();
                if (b is null)
                {
                    break;
                }

                var quality = FrameQuality.Of(a, b);
                psnr.Add(quality.Psnr);
                ssim.Add(quality.Ssim);
            }
        }

        return psnr.Count > 0 ? (psnr.Count, MeanPsnr(psnr), ssim.Average()) : throw new MediaException($"{own}: the video has no frames.");
    }

    /// <summary>Over the rows that both have.</summary>
    private static double Rmse(SafetensorsFile own, SafetensorsFile reference, string name)
    {
        float[] a = own.ReadFloats(name), b = reference.ReadFloats(name);
        if (own.Entry(name).Shape is not [_, var width] || reference.Entry(name).Shape is not [_, var other] || width != other)
        {
            throw new SafetensorsException($"{own.Path}: '{name}' has another width than in {reference.Path}.");
        }

        var count = Math.Min(a.Length, b.Length);
        var squares = 0.0;
        for (var i = 0; i < count; i++)
        {
            var difference = (double)a[i] - b[i];
            squares += difference * difference;
        }

        return count == 0 ? double.NaN : Math.Sqrt(squares / count);
    }
}
