namespace WorldModelActors.Media;

/// <summary>What OpenCV refuses, in one line without the name of the file.</summary>
internal sealed class OpenCvException(string message) : Exception(message);
