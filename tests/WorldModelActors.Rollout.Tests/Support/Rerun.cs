using WorldModelActors.Models;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Runs the work again where CUDA would replay it.</summary>
internal sealed class Rerun : IRecorder
{
    public IRecording New() => new Work();

    public void Settle()
    {
    }

    public void Dispose()
    {
    }

    private sealed class Work : IRecording
    {
        private Action? _work;

        public void Record(Action work) => _work = work;

        public void Replay() => _work!();

        public void Dispose()
        {
        }
    }
}
