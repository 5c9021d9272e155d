namespace WorldModelActors.Models.Tests;

/// <summary>Runs the work where CUDA would replay it.</summary>
internal sealed class Rerun : IRecorder
{
    public Action Fails { get; init; } = () => { };

    public int Recordings { get; private set; }

    public int Replays { get; private set; }

    public IRecording New() => new Work(this);

    public void Settle()
    {
    }

    public void Dispose()
    {
    }

    private sealed class Work(Rerun owner) : IRecording
    {
        private Action? _work;

        public void Record(Action work)
        {
            owner.Fails();
            owner.Recordings++;
            _work = work;
        }

        public void Replay()
        {
            owner.Replays++;
            _work!();
        }

        public void Dispose()
        {
        }
    }
}
