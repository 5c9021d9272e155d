using System.Globalization;
using System.Text.RegularExpressions;

namespace WorldModelActors.Verify;

/// <summary>
/// The results of one file. It keeps account of the recorded tensors, so that one that is neither recomputed nor an input shows up
/// as a failure.
/// </summary>
internal sealed class CheckSheet(GoldenEntry entry, GoldenFile? recorded, Action<GoldenResult>? onResult, CancellationToken cancellation)
{
    private readonly List<GoldenResult> _results = [];
    private readonly HashSet<string> _covered = new(StringComparer.Ordinal);
    private readonly List<Regex> _inputs = [];

    public IReadOnlyList<GoldenResult> Results => _results;

    /// <summary>Recorded tensors that nothing has accounted for so far.</summary>
    private IEnumerable<string> Open => entry.Tensors.Union(recorded?.Names ?? [])
        .Where(name => !_covered.Contains(name) && !_inputs.Exists(input => input.IsMatch(name)));

    /// <summary>Compares with the recorded tensor of this name.</summary>
    public void Compare(string name, Tensor actual, Tolerance tolerance) => Compare(name, actual, recorded![name], tolerance, name);

    /// <summary>
    /// Compares a run's stream with the recorded tensor of this name. Where its largest error is above the typical one, the run's own
    /// sensitivity is measured and decides.
    /// </summary>
    public void Compare(string name, Tensor actual, Tolerance tolerance, Func<double> sensitivity)
    {
        var expected = recorded![name];
        Cover([name]);
        if (Mismatch(actual, expected) is { } mismatch)
        {
            Add(name, GoldenStatus.Failed, mismatch);
            return;
        }

        var error = ArrayError.Of(actual, expected);
        if (!tolerance.AsksForSensitivity(error.MaximumAbsolute, error.RelativeL2))
        {
            Add(name, error, tolerance, null);
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        var measured = sensitivity();
        var verdict = error.MaximumAbsolute <= measured ? "within" : "and over";
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"error {error.MaximumAbsolute:0.0e-0} over the table's {tolerance.TypicalAbsolute:0.#e-0}, {verdict} the run's own sensitivity {measured:0.0e-0} ({RunSensitivity.Draws} draws of {RunSensitivity.Relative:0e-0})");
        Add(name, error, tolerance, note, measured);
    }

    /// <summary>Compares with something derived from recorded tensors, of which <paramref name="covers"/> are then accounted for.</summary>
    public void Compare(string check, Tensor actual, Tensor expected, Tolerance tolerance, params ReadOnlySpan<string> covers)
    {
        Cover(covers);
        if (Mismatch(actual, expected) is { } mismatch)
        {
            Add(check, GoldenStatus.Failed, mismatch);
            return;
        }

        Add(check, ArrayError.Of(actual, expected), tolerance, null);
    }

    /// <summary>Compares row by row (each on its own) with the recorded tensor of this name; the worst row is the result.</summary>
    public void CompareRows(string name, IReadOnlyList<Tensor> actual, Tolerance tolerance)
    {
        var expected = recorded![name];
        Cover([name]);
        if (expected.size(0) != actual.Count)
        {
            Add(name, GoldenStatus.Failed, $"{actual.Count} steps were made, {expected.size(0)} are recorded");
            return;
        }

        CompareAll(name, actual, [.. Enumerable.Range(0, actual.Count).Select(i => expected.select(0, i))], tolerance);
    }

    /// <summary>Compares pairs (each on its own); the worst is the result.</summary>
    public void CompareAll(string check, IReadOnlyList<Tensor> actual, IReadOnlyList<Tensor> expected, Tolerance tolerance, params ReadOnlySpan<string> covers)
    {
        Cover(covers);
        var worst = default(ArrayError);
        var at = 0;
        for (var i = 0; i < actual.Count; i++)
        {
            if (Mismatch(actual[i], expected[i]) is { } mismatch)
            {
                Add(check, GoldenStatus.Failed, $"number {i}: {mismatch}");
                return;
            }

            var error = ArrayError.Of(actual[i], expected[i]);
            if (!(error.RelativeL2 <= worst.RelativeL2))
            {
                at = i;
            }

            worst = new ArrayError(Math.Max(error.MaximumAbsolute, worst.MaximumAbsolute), Math.Max(error.RelativeL2, worst.RelativeL2));
        }

        Add(check, worst, tolerance, actual.Count > 1 ? $"worst of {actual.Count}: number {at}" : null);
    }

    /// <summary>Whole numbers that must be equal.</summary>
    public void CompareExactly(string check, IReadOnlyList<long> actual, IReadOnlyList<long> expected, params ReadOnlySpan<string> covers) =>
        Compare(check, tensor([.. actual]), tensor([.. expected]), Tolerance.Exact, covers);

    /// <summary>Something that is or is not so.</summary>
    public void Expect(string check, bool holds, string otherwise, string? note = null, params ReadOnlySpan<string> covers)
    {
        Cover(covers);
        Add(check, holds ? GoldenStatus.Passed : GoldenStatus.Failed, holds ? note : otherwise);
    }

    /// <summary>A check that cannot be made here.</summary>
    public void Skip(string check, string reason, params ReadOnlySpan<string> covers)
    {
        Cover(covers);
        Add(check, GoldenStatus.Skipped, reason);
    }

    /// <summary>Tensors whose whole names match one of these patterns are inputs of the checks.</summary>
    public void Inputs(params ReadOnlySpan<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            _inputs.Add(new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant));
        }
    }

    /// <summary>Everything not yet accounted for is skipped.</summary>
    public void SkipRest(string reason)
    {
        var open = Open.ToList();
        Add("*", GoldenStatus.Skipped, open.Count == 0 ? reason : $"{reason} ({open.Count} {(open.Count == 1 ? "tensor" : "tensors")} left out)");
        _covered.UnionWith(open);
    }

    /// <summary>An exception ended the checks.</summary>
    public void Fail(string reason)
    {
        Add("*", GoldenStatus.Failed, reason);
        _covered.UnionWith(Open.ToList());
    }

    /// <summary>Reports what the index lists and the file lacks, and what nothing has accounted for.</summary>
    public void Close()
    {
        foreach (var name in entry.Tensors.Where(name => recorded is not null && !recorded.Contains(name)))
        {
            Add(name, GoldenStatus.Failed, "the index lists this tensor, the file does not have it");
            _covered.Add(name);
        }

        foreach (var name in Open.ToList())
        {
            Add(name, GoldenStatus.Failed, "not verified: no check recomputes this tensor");
        }
    }

    private static string? Mismatch(Tensor actual, Tensor expected) => actual.shape.AsSpan().SequenceEqual(expected.shape)
        ? null
        : $"shape [{string.Join(", ", actual.shape)}], recorded [{string.Join(", ", expected.shape)}]";

    private void Cover(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _covered.Add(name);
        }
    }

    private void Add(string check, ArrayError error, Tolerance tolerance, string? note, double? sensitivity = null)
    {
        var status = tolerance.Accepts(error.MaximumAbsolute, error.RelativeL2, sensitivity) ? GoldenStatus.Passed : GoldenStatus.Failed;
        Add(new GoldenResult(entry.Name, check, status, error.MaximumAbsolute, error.RelativeL2, tolerance, note));
    }

    private void Add(string check, GoldenStatus status, string? note) => Add(new GoldenResult(entry.Name, check, status, null, null, null, note));

    private void Add(GoldenResult result)
    {
        cancellation.ThrowIfCancellationRequested();
        _results.Add(result);
        onResult?.Invoke(result);
    }
}
