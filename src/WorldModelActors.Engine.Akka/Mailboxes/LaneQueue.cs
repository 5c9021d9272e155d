using Akka.Dispatch.MessageQueues;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Akka's queue of one actor: controls first, then the lanes, 0 before 1 and so on. A bounded lane has places; who finds none waits in line, and
/// what the engine itself posts waits in the same line without being refused.
/// </summary>
internal sealed class LaneQueue : IMessageQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<Native.Envelope> _controls = new();
    private readonly Lane[] _lanes;
    private readonly Func<object, int> _laneOfForeign;
    private int _count;
    private bool _busy = true;
    private bool _closed;

    /// <summary>An empty queue that hands out nothing but controls until <see cref="SetBusy"/> says that the actor has started.</summary>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="capacity">Places of each lane, or null for no bound.</param>
    /// <param name="laneOfForeign">Lane of what is no <see cref="Entry"/>: Akka's Terminated, messages sent without the port.</param>
    public LaneQueue(int lanes, int? capacity, Func<object, int> laneOfForeign)
    {
        Capacity = capacity;
        _laneOfForeign = laneOfForeign;
        _lanes = new Lane[lanes];
        for (var i = 0; i < lanes; i++)
        {
            _lanes[i] = new Lane();
        }
    }

    public int? Capacity { get; }

    public int LaneCount => _lanes.Length;

    public bool HasMessages
    {
        get
        {
            lock (_gate)
            {
                return _controls.Count > 0 || (!_busy && _count > 0);
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _controls.Count + _count;
            }
        }
    }

    /// <summary>True when no message is left and none waits for a place.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return _count == 0 && _lanes.All(lane => lane.Waiting.Count == 0);
            }
        }
    }

    /// <summary>While busy only controls are handed out: a handler is under way.</summary>
    public void SetBusy(bool busy)
    {
        lock (_gate)
        {
            _busy = busy;
        }
    }

    /// <summary>Takes a place for the entry, which may then be told to the actor; false if its lane is full.</summary>
    public bool TryReserve(Entry entry)
    {
        if (Capacity is not { } capacity)
        {
            return true;
        }

        lock (_gate)
        {
            // When closed it gets its place, to be buried by whoever tells it.
            var lane = _lanes[entry.Lane];
            if (!_closed && (lane.Taken >= capacity || lane.Waiting.Count > 0))
            {
                return false;
            }

            TakePlace(lane, entry);
            return true;
        }
    }

    /// <summary>Waits in line for a place; the queue itself moves the entry in, and then completes the task: false if it closed first.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="envelope">What Akka shall deliver.</param>
    /// <param name="waiter">Completed when the wait is over.</param>
    /// <returns>False if there was a place after all (now taken): tell the entry.</returns>
    public bool WaitForPlace(Entry entry, Native.Envelope envelope, PlaceWaiter waiter)
    {
        if (Capacity is not { } capacity)
        {
            return false;
        }

        lock (_gate)
        {
            var lane = _lanes[entry.Lane];
            if (_closed || (lane.Taken < capacity && lane.Waiting.Count == 0))
            {
                TakePlace(lane, entry);
                return false;
            }

            lane.Waiting.Enqueue((entry, envelope, waiter));
            return true;
        }
    }

    public void Enqueue(Native.IActorRef receiver, Native.Envelope envelope)
    {
        lock (_gate)
        {
            switch (envelope.Message)
            {
                case Control:
                    _controls.Enqueue(envelope);
                    return;
                case Entry entry when !_closed:
                    Add(entry.Lane, envelope);
                    return;
                case Entry:
                    break;
                default:
                    AddForeign(envelope);
                    return;
            }
        }

        ((Entry)envelope.Message).Bury(DeadLetterReason.RecipientStopped);
    }

    public bool TryDequeue(out Native.Envelope envelope)
    {
        lock (_gate)
        {
            if (_controls.TryDequeue(out envelope))
            {
                return true;
            }

            if (!_busy && _count > 0)
            {
                foreach (var lane in _lanes)
                {
                    if (lane.Inside.TryDequeue(out envelope))
                    {
                        Left(lane, envelope);
                        return true;
                    }
                }
            }
        }

        envelope = default;
        return false;
    }

    /// <summary>Takes nothing from now on, and turns away those who wait for a place; what is inside stays.</summary>
    public void Close()
    {
        var waiting = new List<(Entry? Entry, Native.Envelope Envelope, PlaceWaiter Waiter)>();
        lock (_gate)
        {
            _closed = true;
            foreach (var lane in _lanes)
            {
                waiting.AddRange(lane.Waiting);
                lane.Waiting.Clear();
            }
        }

        foreach (var (entry, _, waiter) in waiting)
        {
            if (entry is not null && waiter.TryClaim())
            {
                entry.Bury(DeadLetterReason.RecipientStopped);
                waiter.Complete(false);
            }
        }
    }

    /// <summary>Closes, and reports everything that is left as dead letters.</summary>
    public void CloseAndBury()
    {
        Close();
        var left = new List<Native.Envelope>();
        lock (_gate)
        {
            foreach (var lane in _lanes)
            {
                left.AddRange(lane.Inside);
                lane.Inside.Clear();
            }

            _count = 0;
        }

        foreach (var envelope in left)
        {
            (envelope.Message as Entry)?.Bury(DeadLetterReason.LeftInMailbox);
        }
    }

    public void CleanUp(Native.IActorRef owner, IMessageQueue deadletters)
    {
        CloseAndBury();
        while (TryDequeue(out var envelope))
        {
            (envelope.Message as Continuation)?.RunOnPool();
        }
    }

    private static void TakePlace(Lane lane, Entry entry)
    {
        entry.HoldsPlace = true;
        lane.Taken++;
    }

    /// <summary>What Akka queues takes no place, but comes after those who wait for one: they sent before.</summary>
    private void AddForeign(Native.Envelope envelope)
    {
        var lane = _closed ? _lanes.Length - 1 : _laneOfForeign(envelope.Message);
        if (_lanes[lane].Waiting.Count > 0)
        {
            _lanes[lane].Waiting.Enqueue((null, envelope, new PlaceWaiter()));
        }
        else
        {
            Add(lane, envelope);
        }
    }

    private void Add(int lane, Native.Envelope envelope)
    {
        _lanes[lane].Inside.Enqueue(envelope);
        _count++;
    }

    /// <summary>Frees the place of what was taken out, and lets in who waited longest.</summary>
    private void Left(Lane lane, Native.Envelope envelope)
    {
        _count--;
        if (envelope.Message is not Entry { HoldsPlace: true } entry)
        {
            return;
        }

        entry.HoldsPlace = false;
        lane.Taken--;
        while (lane.Taken < Capacity && lane.Waiting.TryDequeue(out var next))
        {
            if (next.Waiter.TryClaim())
            {
                if (next.Entry is not null)
                {
                    TakePlace(lane, next.Entry);
                }

                lane.Inside.Enqueue(next.Envelope);
                _count++;
                next.Waiter.Complete(true);
            }
        }
    }

    private sealed class Lane
    {
        public Queue<Native.Envelope> Inside { get; } = new();

        public Queue<(Entry? Entry, Native.Envelope Envelope, PlaceWaiter Waiter)> Waiting { get; } = new();

        public int Taken { get; set; }
    }
}
