namespace WorldModelActors.Models;

/// <summary>
/// Evaluates the network by recordings (CUDA graphs), one for each size of batch: thousands of kernels are submitted with one call, and no
/// time passes between them. Samples come and go by what is copied into a recording's slots. Where recording fails, it says so once and
/// evaluates operator by operator from then on. Belongs to one thread and its stream.
/// </summary>
public sealed class UNetGraphs : IDisposable
{
    private readonly WmaUNet _unet;
    private readonly int[] _sizes;
    private readonly IRecorder _recorder;
    private readonly Action<string> _failed;
    private readonly Dictionary<(string Kind, int Slots), UNetGraphBucket> _buckets = [];
    private bool _off;

    /// <param name="unet">The network; stays the caller's.</param>
    /// <param name="sizes">Numbers of slots; a batch of more rows than the largest is not recorded.</param>
    /// <param name="recorder">Makes the recordings; taken over.</param>
    /// <param name="failed">Called once with the reason where recording fails.</param>
    public UNetGraphs(WmaUNet unet, IReadOnlyList<int> sizes, IRecorder recorder, Action<string> failed)
    {
        (_unet, _recorder, _failed) = (unet, recorder, failed);
        _sizes = [.. sizes.Order()];
    }

    /// <summary>Numbers of slots that pay: 1, 2, 4, 8 and 16.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1, 2, 4, 8, 16];

    /// <summary>Recordings are made: until one has failed.</summary>
    public bool IsOn => !_off;

    /// <summary>Copies of conditionings into slots so far.</summary>
    internal long Copies => _buckets.Values.Sum(b => b.Slots.Copies);

    /// <summary>Kinds and sizes of batch that have slots.</summary>
    internal int Buckets => _buckets.Count;

    /// <summary>Slots that a batch of so many rows takes; null where none are enough.</summary>
    public int? SlotsFor(int rows) => Array.Find(_sizes, size => size >= rows) is > 0 and var slots ? slots : null;

    /// <summary>As <see cref="WmaUNet"/>'s forward pass; null where it has to be evaluated operator by operator.</summary>
    /// <param name="latents">Noisy latents [B, 4, T, h, w].</param>
    /// <param name="actions">Noisy actions [B, horizon, dims].</param>
    /// <param name="states">Noisy states [B, horizon, dims].</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <param name="conditions">Of one sample each, all of one layout.</param>
    /// <param name="heads">Heads that each sample reads.</param>
    public UNetOutput? Forward(
        Tensor latents, Tensor actions, Tensor states, Tensor timesteps, IReadOnlyList<UNetConditioning> conditions, IReadOnlyList<HeadSelection> heads)
    {
        if (_off || _unet.Options.BaseModelGenOnly || SlotsFor(conditions.Count) is not { } count)
        {
            return null;
        }

        for (var row = 0; row < conditions.Count; row++)
        {
            if (conditions[row].Batch != 1 || (heads[row] & ~conditions[row].Heads) != 0 || !conditions[row].Fits(conditions[0]))
            {
                // What is wrong is said by the network itself.
                return null;
            }
        }

        var key = ($"{string.Join('x', latents.shape[1..])} {conditions[0].Layout}", count);
        try
        {
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                bucket = new UNetGraphBucket(_unet, _recorder, new UNetSlots(count, conditions[0], latents, actions, timesteps));
                _buckets.Add(key, bucket);
            }

            return bucket.Run(latents, actions, states, timesteps, conditions, heads);
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
            _failed($"the network could not be recorded as a CUDA graph of {count} slots and is evaluated operator by operator from now on: {e.Message}");
            return null;
        }
    }

    /// <summary>A sample has left.</summary>
    public void Forget(UNetConditioning condition)
    {
        foreach (var bucket in _buckets.Values)
        {
            bucket.Slots.Forget(condition);
        }
    }

    /// <summary>Frees all recordings and slots; they are made anew when they are needed.</summary>
    public void Clear()
    {
        if (_buckets.Count == 0)
        {
            return;
        }

        _recorder.Settle();
        foreach (var bucket in _buckets.Values)
        {
            bucket.Dispose();
        }

        _buckets.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _recorder.Dispose();
    }

    private void Drop((string Kind, int Slots) key)
    {
        if (_buckets.Remove(key, out var bucket))
        {
            _recorder.Settle();
            bucket.Dispose();
        }
    }
}
