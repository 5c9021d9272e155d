namespace WorldModelActors.Models;

/// <summary>Work that is recorded once and replayed many times on the same memory.</summary>
public interface IRecording : IDisposable
{
    /// <summary>Records what <paramref name="work"/> submits; whether it also runs is not said.</summary>
    void Record(Action work);

    /// <summary>Runs what was recorded.</summary>
    void Replay();
}

/// <summary>Makes recordings. They are replayed on one thread, one after another.</summary>
public interface IRecorder : IDisposable
{
    /// <summary>An empty recording.</summary>
    IRecording New();

    /// <summary>Waits until replays have run, so that recordings can be freed.</summary>
    void Settle();
}
