using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace WorldModelActors.Media;

/// <summary>
/// The conversation with <c>wma_hdf5</c>, the process that libhdf5 runs in: on a damaged file the library may crash or
/// never return, and then only that process ends (by its limits on time and memory). The protocol is described in
/// <c>native/hdf5_main.cpp</c>.
/// </summary>
internal sealed class Hdf5Process : IDisposable
{
    /// <summary>No answer is longer: 2^25 float32 values.</summary>
    private const long MaximumPayload = 1L << 27;

    private readonly string _path;
    private readonly Process _process;
    private readonly Lock _turn = new();
    private bool _disposed;

    private Hdf5Process(string path, Process process)
    {
        _path = path;
        _process = process;
    }

    /// <summary>The reader's process id.</summary>
    internal int Id => _process.Id;

    /// <summary>Starts a reader for the file and waits until it has opened it.</summary>
    /// <exception cref="PromptDataException">The file cannot be opened.</exception>
    /// <exception cref="MediaException">The reader cannot be started.</exception>
    public static Hdf5Process Start(string path)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "wma_hdf5");
        var start = new ProcessStartInfo(program, [Path.GetFullPath(path)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception cause)
        {
            throw new MediaException($"{program}: the HDF5 reader cannot be started ({cause.Message}); build the program again with ./wma.", cause);
        }

        var conversation = new Hdf5Process(path, process);
        try
        {
            var opened = conversation.ReadAnswer();
            return opened.Status == Hdf5Status.Ok
                ? conversation
                : throw new PromptDataException($"{path}: the file cannot be read as HDF5 ({Encoding.UTF8.GetString(opened.Payload)}); copy or make it again.");
        }
        catch
        {
            conversation.Dispose();
            throw;
        }
    }

    /// <summary>Asks one question; see the protocol.</summary>
    /// <exception cref="PromptDataException">The reader ended instead of answering: the file is damaged.</exception>
    public Hdf5Answer Ask(char kind, string name)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var length = Encoding.UTF8.GetByteCount(name);
            var question = new byte[5 + length];
            question[0] = (byte)kind;
            BinaryPrimitives.WriteInt32LittleEndian(question.AsSpan(1), length);
            Encoding.UTF8.GetBytes(name, question.AsSpan(5));
            try
            {
                var input = _process.StandardInput.BaseStream;
                input.Write(question);
                input.Flush();
            }
            catch (IOException cause)
            {
                throw Damaged(cause);
            }

            return ReadAnswer();
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended already.
            }

            _process.WaitForExit();
            _process.Dispose();
        }
    }

    private Hdf5Answer ReadAnswer()
    {
        Span<byte> head = stackalloc byte[9];
        var output = _process.StandardOutput.BaseStream;
        try
        {
            output.ReadExactly(head);
            var length = BinaryPrimitives.ReadInt64LittleEndian(head[1..]);
            if (head[0] > (byte)Hdf5Status.Absent || length is < 0 or > MaximumPayload)
            {
                throw Damaged(null);
            }

            var payload = new byte[length];
            output.ReadExactly(payload);
            return new Hdf5Answer((Hdf5Status)head[0], payload);
        }
        catch (EndOfStreamException cause)
        {
            throw Damaged(cause);
        }
        catch (IOException cause)
        {
            throw Damaged(cause);
        }
    }

    private PromptDataException Damaged(Exception? cause)
    {
        var message = $"{_path}: the file is damaged (libhdf5 crashed on it or did not finish); copy or make it again.";
        return cause is null ? new PromptDataException(message) : new PromptDataException(message, cause);
    }
}
