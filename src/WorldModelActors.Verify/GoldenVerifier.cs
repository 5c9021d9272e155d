namespace WorldModelActors.Verify;

/// <summary>
/// Recomputes the recorded results of a golden set (a directory with <c>index.json</c>) or of a model directory with a recorded
/// rollout. Sizes, block names and parameters all come from the directory. While it is open, libtorch computes with
/// <see cref="VerifyOptions.Threads"/>. Not thread-safe.
/// </summary>
public sealed class GoldenVerifier : IDisposable
{
    private readonly GoldenSession _session;
    private readonly VerifyOptions _options;
    private readonly int _threads = get_num_threads();

    private GoldenVerifier(GoldenSession session, VerifyOptions options)
    {
        _session = session;
        _options = options;
        set_num_threads(options.Threads);
    }

    /// <summary>The files that <see cref="Verify"/> takes, in the order of the index.</summary>
    public IReadOnlyList<string> Files => [.. _session.Index.Select(e => e.Name)];

    /// <summary>Opens a directory; models are loaded when the first check needs them.</summary>
    /// <exception cref="VerifyException">The directory is no golden set and no model directory with a recorded rollout.</exception>
    public static GoldenVerifier Open(string directory, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        var full = Path.GetFullPath(directory);
        return new GoldenVerifier(new GoldenSession(full, GoldenIndex.Load(full), options), options);
    }

    /// <summary>Verifies a whole directory.</summary>
    /// <param name="directory">The golden set or model directory.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Heeded between checks.</param>
    /// <exception cref="VerifyException">The directory cannot be verified at all.</exception>
    public static IReadOnlyList<GoldenResult> Run(string directory, VerifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var verifier = Open(directory, options);
        return [.. verifier.Files.SelectMany(file => verifier.Verify(file, cancellationToken))];
    }

    /// <summary>Verifies one file; whatever goes wrong in it is a failed result.</summary>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="cancellationToken">Heeded between checks.</param>
    public IReadOnlyList<GoldenResult> Verify(string file, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entry = _session.Index.First(e => e.Name == file);
        _options.OnFile?.Invoke(file);
        var path = _session.PathOf(entry.Name);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return [Missing(entry)];
        }

        GoldenFile? recorded = null;
        CheckSheet? sheet = null;
        using var scope = NewDisposeScope();
        try
        {
            if (entry.Name.EndsWith(".safetensors", StringComparison.Ordinal) && entry.Name != GoldenSession.WeightsFile)
            {
                recorded = new GoldenFile(path);
            }

            sheet = new CheckSheet(entry, recorded, _options.OnResult, cancellationToken);
            if (GoldenChecks.For(entry) is { } check)
            {
                Run(check, entry, recorded, sheet);
                sheet.Close();
            }
            else
            {
                sheet.Fail("not verified: no check knows this kind of file");
            }

            return sheet.Results;
        }
        catch (Exception e) when (sheet is null && e is not OutOfMemoryException)
        {
            return [Report(new GoldenResult(entry.Name, "*", GoldenStatus.Failed, null, null, null, e.Message))];
        }
        finally
        {
            recorded?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        set_num_threads(_threads);
    }

    private void Run(IGoldenCheck check, GoldenEntry entry, GoldenFile? recorded, CheckSheet sheet)
    {
        try
        {
            check.Run(_session, entry, recorded!, sheet);
        }
        catch (MissingPieceException e)
        {
            sheet.SkipRest(e.Message);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            sheet.Fail($"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The weights may be left out of a copy of a golden set, nothing else.</summary>
    private GoldenResult Missing(GoldenEntry entry) => Report(entry.Name == GoldenSession.WeightsFile
        ? new GoldenResult(entry.Name, "*", GoldenStatus.Skipped, null, null, null, "not in this directory; what needs it is skipped")
        : new GoldenResult(entry.Name, "*", GoldenStatus.Failed, null, null, null, "the index lists this file, the directory does not have it"));

    private GoldenResult Report(GoldenResult result)
    {
        _options.OnResult?.Invoke(result);
        return result;
    }
}
