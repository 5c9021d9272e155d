using System.Runtime.InteropServices;

namespace WorldModelActors.Cli;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal ask the work to stop: the frame in hand is finished and what is written stays.
/// Asking a second time ends the process at once.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _asked;

    /// <param name="asked">Called when the stop is asked for, on any thread.</param>
    public Interrupts(Action asked)
    {
        _asked = asked;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Cancelled when the user asks to stop.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested)
        {
            // The system's own handling: the process ends.
            return;
        }

        context.Cancel = true;
        _asked();
        _stop.Cancel();
    }
}
