namespace WorldModelActors.Engine;

/// <summary>
/// A thread that runs one asynchronous body to its end, with every continuation on the same thread: the synchronisation context that
/// <c>await</c> captures is this object.
/// </summary>
internal sealed class DedicatedThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();
    private readonly Thread _thread;
    private readonly Func<Task> _body;
    private readonly Action _finish;
    private bool _completed;

    private DedicatedThread(string name, Func<Task> body, Action finish)
    {
        _body = body;
        _finish = finish;
        _thread = new Thread(Main) { Name = name, IsBackground = true };
    }

    /// <summary>Runs <paramref name="body"/> and then, as the last thing on the thread, <paramref name="finish"/>.</summary>
    public static void Start(string name, Func<Task> body, Action finish) => new DedicatedThread(name, body, finish)._thread.UnsafeStart();

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_work)
        {
            if (!_completed)
            {
                _work.Enqueue((d, state));
                Monitor.Pulse(_work);
                return;
            }
        }

        // Work that the actor started and did not wait for, coming back after its end.
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Callback(work.State), (Callback: d, State: state), preferLocal: false);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread)
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(_ =>
        {
            try
            {
                d(state);
            }
            finally
            {
                done.Set();
            }
        }, null);
        done.Wait();
    }

    private void Main()
    {
        SetSynchronizationContext(this);
        _body().GetAwaiter().UnsafeOnCompleted(Complete);
        while (Take(out var work))
        {
            work.Callback(work.State);
        }

        _finish();
    }

    private void Complete()
    {
        lock (_work)
        {
            _completed = true;
            Monitor.Pulse(_work);
        }
    }

    private bool Take(out (SendOrPostCallback Callback, object? State) work)
    {
        lock (_work)
        {
            while (!_work.TryDequeue(out work))
            {
                if (_completed)
                {
                    return false;
                }

                Monitor.Wait(_work);
            }

            return true;
        }
    }
}
