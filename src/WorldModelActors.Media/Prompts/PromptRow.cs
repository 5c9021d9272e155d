namespace WorldModelActors.Media;

/// <summary>One row of a prompt table: one episode to imagine.</summary>
/// <param name="Dataset">Name of the data set: the CSV file without its extension.</param>
/// <param name="VideoId">Name of the episode; its picture is <c>videoid.png</c>, its transitions are <c>videoid.h5</c>.</param>
/// <param name="DataDirectory">Folder of the episode's files below <c>images/</c> and <c>transitions/</c>.</param>
/// <param name="Instruction">What the robot is told.</param>
/// <param name="Fps">Frames per second of the recording.</param>
/// <param name="Line">Line of the CSV file, from 1.</param>
public sealed record PromptRow(string Dataset, string VideoId, string DataDirectory, string Instruction, double Fps, int Line)
{
    /// <summary>
    /// The frame-rate condition of the network at a frame stride: <c>fps // frame_stride</c>, Python's floor division of
    /// floats, as an integer (30 / 4 gives 7).
    /// </summary>
    public long ModelFps(int frameStride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameStride, 1);
        var quotient = (Fps - (Fps % frameStride)) / frameStride;
        var floor = Math.Floor(quotient);
        return (long)(quotient - floor > 0.5 ? floor + 1 : floor);
    }
}
