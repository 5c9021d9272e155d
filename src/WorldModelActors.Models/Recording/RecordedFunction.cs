namespace WorldModelActors.Models;

/// <summary>
/// A function of tensors by recordings (CUDA graphs), one for each shape of its inputs: of few rows, submitting kernels takes longer than they
/// run. The first call of a shape runs as it is, so that libraries find their algorithms; the second one is recorded; from then on it is replayed.
/// Where recording fails, it says so once and runs operator by operator from then on. Belongs to one thread and its stream.
/// </summary>
public sealed class RecordedFunction : IDisposable
{
    private readonly Func<Tensor[], Tensor[]> _compute;
    private readonly long _mostRows;
    private readonly IRecorder _recorder;
    private readonly Action<string> _failed;
    private readonly Dictionary<string, Shape> _shapes = [];
    private bool _off;

    /// <param name="compute">Inputs to outputs, which it leaves in the dispose scope; it must not wait for the device, nor copy from the host.</param>
    /// <param name="mostRows">Inputs of more rows are not recorded: they keep the device busy as they are, and a recording keeps its memory.</param>
    /// <param name="recorder">Makes the recordings; taken over.</param>
    /// <param name="failed">Called once with the reason where recording fails.</param>
    public RecordedFunction(Func<Tensor[], Tensor[]> compute, long mostRows, IRecorder recorder, Action<string> failed)
    {
        (_compute, _mostRows, _recorder, _failed) = (compute, mostRows, recorder, failed);
    }

    /// <summary>Shapes that were met.</summary>
    internal int Shapes => _shapes.Count;

    /// <summary>The outputs, in the caller's dispose scope.</summary>
    /// <param name="inputs">The first one's first axis counts the rows.</param>
    public Tensor[] Run(params Tensor[] inputs)
    {
        if (_off || inputs[0].size(0) > _mostRows)
        {
            return _compute(inputs);
        }

        var key = string.Join(' ', inputs.Select(input => $"{string.Join('x', input.shape)}:{input.dtype}"));
        try
        {
            if (!_shapes.TryGetValue(key, out var shape))
            {
                _shapes.Add(key, shape = new Shape(_recorder, _compute, inputs));
            }

            return shape.Run(inputs);
        }
        catch (TorchException e) when (e.IsOutOfMemory)
        {
            Drop(key);
            throw;
        }
        catch (TorchException e)
        {
            Clear();
            _off = true;
            _failed($"a call of {inputs[0].size(0)} could not be recorded as a CUDA graph; from now on such calls run operator by operator: {e.Message}");
            return _compute(inputs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _recorder.Dispose();
    }

    private void Clear()
    {
        foreach (var key in _shapes.Keys.ToList())
        {
            Drop(key);
        }
    }

    private void Drop(string key)
    {
        if (_shapes.Remove(key, out var shape))
        {
            _recorder.Settle();
            shape.Dispose();
        }
    }

    /// <summary>Inputs and outputs of one shape. What is replayed reads and writes the same memory each time.</summary>
    private sealed class Shape(IRecorder recorder, Func<Tensor[], Tensor[]> compute, Tensor[] like) : IDisposable
    {
        private readonly Tensor[] _inputs = [.. like.Select(input => input.clone().DetachFromDisposeScope())];
        private IRecording? _recording;
        private Tensor[] _outputs = [];
        private bool _isWarm;

        public Tensor[] Run(Tensor[] inputs)
        {
            if (!_isWarm)
            {
                var outputs = compute(inputs);
                _isWarm = true;
                return outputs;
            }

            for (var i = 0; i < inputs.Length; i++)
            {
                _inputs[i].copy_(inputs[i]);
            }

            if (_recording is null)
            {
                var recording = recorder.New();
                try
                {
                    recording.Record(Evaluate);
                }
                catch
                {
                    recording.Dispose();
                    throw;
                }

                _recording = recording;
            }

            _recording.Replay();
            return [.. _outputs.Select(output => output.clone())];
        }

        public void Dispose()
        {
            _recording?.Dispose();
            foreach (var tensor in _inputs.Concat(_outputs))
            {
                tensor.Dispose();
            }
        }

        private void Evaluate()
        {
            using var scope = NewDisposeScope();
            var outputs = compute(_inputs);
            foreach (var old in _outputs)
            {
                old.Dispose();
            }

            _outputs = [.. outputs.Select(output => output.DetachFromDisposeScope())];
        }
    }
}
