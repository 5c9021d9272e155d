namespace WorldModelActors.Torch;

/// <summary>
/// Owns every tensor that its thread makes while it is the innermost scope, and disposes them when it ends. Results leave
/// through <see cref="Tensor.MoveToOuterDisposeScope"/> or <see cref="Tensor.DetachFromDisposeScope"/>. A scope must end on the
/// thread that opened it, innermost first.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? s_current;

    private readonly List<Tensor> _tensors = new(32);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _disposed;

    internal DisposeScope()
    {
        Outer = s_current;
        s_current = this;
    }

    internal static DisposeScope? Current => s_current;

    internal DisposeScope? Outer { get; }

    /// <summary>Tensors that would die with this scope now.</summary>
    public int DisposablesCount
    {
        get
        {
            var n = 0;
            foreach (var t in _tensors)
                n += t.Scope == this && !t.IsInvalid ? 1 : 0;
            return n;
        }
    }

    /// <summary>Leaves the tensors to the enclosing scope (or to the caller where there is none).</summary>
    public Tensor MoveToOuter(Tensor tensor) => tensor.MoveToOuterDisposeScope();

    public void Dispose()
    {
        if (_disposed)
            return;
        if (s_current != this)
            throw new InvalidOperationException("dispose scopes must end innermost first, on the thread that opened them");
        _disposed = true;
        s_current = Outer;
        foreach (var t in _tensors)
        {
            // Tensors that were moved or detached have another owner now.
            if (t.Scope == this)
                t.Dispose();
        }
        _tensors.Clear();
    }

    internal void RequireOwnThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("a tensor moves between dispose scopes on the thread that opened them; detach it to hand it over");
    }

    internal void Add(Tensor tensor)
    {
        tensor.Scope = this;
        _tensors.Add(tensor);
    }
}
