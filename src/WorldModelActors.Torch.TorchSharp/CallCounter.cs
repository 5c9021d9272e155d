namespace WorldModelActors.Torch;

/// <summary>Operators that a thread has called. TorchSharp does not count them.</summary>
public static class CallCounter
{
    /// <summary>Always 0.</summary>
    public static long OnThisThread => 0;
}
