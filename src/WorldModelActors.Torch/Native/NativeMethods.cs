using System.Reflection;
using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>The C ABI of native/wma_torch.h, one to one.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Lib = "wma_torch";

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Resolve);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint wma_find_operator(string name, string overload);

    [LibraryImport(Lib)]
    internal static partial int wma_call(nint op, Arg* args, int nargs, Arg* results, int maxResults);

    [LibraryImport(Lib), SuppressGCTransition]
    internal static partial nint wma_last_error();

    [LibraryImport(Lib)]
    internal static partial nint wma_torch_version();

    [LibraryImport(Lib)]
    internal static partial void wma_free(nint p);

    [LibraryImport(Lib)]
    internal static partial void wma_tensor_release(nint handle);

    [LibraryImport(Lib), SuppressGCTransition]
    internal static partial nint wma_tensor_retain(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_tensor_info(nint handle, TensorInfo* info);

    [LibraryImport(Lib)]
    internal static partial nint wma_tensor_data(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_tensor_is_contiguous(nint handle, int memoryFormat);

    [LibraryImport(Lib)]
    internal static partial nint wma_tensor_from_blob(
        nint data, long* sizes, long* strides, int ndim, int dtype, delegate* unmanaged<nint, void> deleter, nint context);

    [LibraryImport(Lib)]
    internal static partial nint wma_generator_new(ulong seed, long device);

    [LibraryImport(Lib)]
    internal static partial void wma_generator_release(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_manual_seed(ulong seed);

    [LibraryImport(Lib)]
    internal static partial int wma_set_num_threads(int n);

    [LibraryImport(Lib)]
    internal static partial int wma_get_num_threads();

    [LibraryImport(Lib)]
    internal static partial long wma_set_samples(long count);

    [LibraryImport(Lib)]
    internal static partial int wma_set_deterministic(int on);

    [LibraryImport(Lib)]
    internal static partial int wma_set_math_mode(int allowTf32, int cudnnTrials, int reducedPrecisionSums);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_device_count();

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_built();

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_set_device(int index);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_current_device(int* index);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_synchronize(int index);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_device_properties(int index, byte* name, int capacity, long* totalMemory, int* smCount);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_new(int device, int priority, long* id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_default(int device, long* id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_current(int device, long* id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_set_current(int device, long id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_synchronize(int device, long id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_stream_query(int device, long id, int* done);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_record_stream(nint tensor, int device, long id);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_new(int kind, nint* handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_sleep_while_waiting(int device);

    [LibraryImport(Lib)]
    internal static partial void wma_cuda_event_release(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_record(nint handle, int device, long stream);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_block(nint handle, int device, long stream);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_query(nint handle, int* done);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_synchronize(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_event_elapsed(nint start, nint end, float* milliseconds);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_profile(int on);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_graph_new(nint* handle);

    [LibraryImport(Lib)]
    internal static partial void wma_cuda_graph_release(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_graph_capture_begin(nint handle, nint poolOf);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_graph_capture_end(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_graph_replay(nint handle);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_memory_stats(int device, long* values);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_allocated(int device, long* allocated, long* peak);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_reset_peak_memory(int device);

    [LibraryImport(Lib)]
    internal static partial int wma_cuda_empty_cache();

    internal static string LastError() => Marshal.PtrToStringUTF8(wma_last_error()) ?? "unknown native error";

    /// <summary>Turns a non-zero status into a <see cref="TorchException"/> that says what was being done.</summary>
    internal static void Check(int status, string what)
    {
        if (status != 0)
            throw TorchException.FromNative(what, LastError());
    }

    /// <summary>
    /// Defaults that libgomp and OpenBLAS read when they are loaded; whoever sets the variables keeps the say. Waiting threads sleep
    /// instead of spinning: several lanes share the cores, and a spinning one takes them from the others. OpenBLAS runs in one
    /// thread, since the work is already shared out over libtorch's threads.
    /// </summary>
    private static void SetThreadDefaults()
    {
        setenv("OMP_WAIT_POLICY", "passive", 0);
        setenv("OPENBLAS_NUM_THREADS", "1", 0);
    }

    /// <summary>.NET's own copy of the environment is not what native libraries see.</summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Lib)
            return 0;
        var overrideDir = Environment.GetEnvironmentVariable("WMA_NATIVE_DIR");
        var file = Path.Combine(string.IsNullOrEmpty(overrideDir) ? AppContext.BaseDirectory : overrideDir, $"lib{Lib}.so");
        if (!File.Exists(file))
            throw new TorchException($"{file} is missing: build it with ./wma or 'dotnet build' (needs cmake, g++ and libtorch-dev)");
        SetThreadDefaults();
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw new TorchException($"{file} does not load ({e.Message.Split('\n')[0]}): is the libtorch that it was built against still installed?");
        }
    }
}
