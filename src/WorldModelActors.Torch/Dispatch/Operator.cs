using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace WorldModelActors.Torch;

/// <summary>
/// One ATen operator, resolved through the dispatcher when it is first needed and called with boxed arguments. Arguments left
/// out take the schema's defaults.
/// </summary>
internal sealed unsafe class Operator
{
    private readonly string _library;
    private nint _handle;
    private bool _missing;

    public Operator(string name, string overload = "", string library = "aten")
    {
        Name = name;
        Overload = overload;
        _library = library;
    }

    public string Name { get; }

    public string Overload { get; }

    /// <summary>False where this libtorch lacks the operator.</summary>
    public bool Exists => _handle != 0 || Find() != 0;

    // Not in the constructor: a libtorch that does not load must surface as its own error, not as a failed type initialiser.
    private nint Handle => _handle != 0 ? _handle : FindOrThrow();

    /// <summary>Calls an operator with one tensor result.</summary>
    [SkipLocalsInit]
    public Tensor Call(params ReadOnlySpan<Arg> args)
    {
        Arg result;
        CallCounter.Add();
        fixed (Arg* p = args)
        {
            if (NativeMethods.wma_call(Handle, p, args.Length, &result, 1) != 1)
                ThrowFailed(args);
            if (result.Tag != ArgTag.Tensor)
                throw new TorchException($"{Describe(args)}: gave no tensor");
        }
        return new Tensor(result.Pointer);
    }

    /// <summary>Calls an operator for its effect on <paramref name="self"/> (in place) and returns that tensor.</summary>
    public Tensor CallInPlace(Tensor self, params ReadOnlySpan<Arg> args)
    {
        CallCounter.Add();
        fixed (Arg* p = args)
        {
            // The operator's result is another reference on the same tensor: dropped.
            if (NativeMethods.wma_call(Handle, p, args.Length, null, 0) < 0)
                ThrowFailed(args);
        }
        return self;
    }

    /// <summary>Calls an operator whose result is a number or a truth value.</summary>
    [SkipLocalsInit]
    public Arg CallScalar(params ReadOnlySpan<Arg> args)
    {
        Arg result;
        CallCounter.Add();
        fixed (Arg* p = args)
        {
            if (NativeMethods.wma_call(Handle, p, args.Length, &result, 1) != 1)
                ThrowFailed(args);
        }
        return result;
    }

    /// <summary>Calls an operator with several tensor results, or with one list of tensors.</summary>
    public Tensor[] CallMany(params ReadOnlySpan<Arg> args)
    {
        const int Max = 8;
        var results = stackalloc Arg[Max];
        int count;
        CallCounter.Add();
        fixed (Arg* p = args)
        {
            count = NativeMethods.wma_call(Handle, p, args.Length, results, Max);
            if (count < 0)
                ThrowFailed(args);
        }
        if (count == 1 && results[0].Tag == ArgTag.TensorList)
        {
            var list = new Tensor[results[0].Extra];
            for (var i = 0; i < list.Length; i++)
                list[i] = new Tensor(((nint*)results[0].Pointer)[i]);
            NativeMethods.wma_free(results[0].Pointer);
            return list;
        }
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = new Tensor(results[i].Pointer);
        return tensors;
    }

    private nint Find()
    {
        if (_missing)
            return 0;
        var handle = NativeMethods.wma_find_operator($"{_library}::{Name}", Overload);
        _missing = handle == 0;
        return _handle = handle;
    }

    private nint FindOrThrow()
    {
        var handle = Find();
        return handle != 0
            ? handle
            : throw new TorchException($"this libtorch ({torch.__version__}) has no operator {Name}{(Overload.Length > 0 ? "." + Overload : "")}");
    }

    [DoesNotReturn]
    private void ThrowFailed(ReadOnlySpan<Arg> args)
    {
        var message = NativeMethods.LastError();
        throw TorchException.FromNative(Describe(args), message);
    }

    private string Describe(ReadOnlySpan<Arg> args)
    {
        var text = new StringBuilder(Name).Append('(');
        for (var i = 0; i < args.Length; i++)
        {
            if (i > 0)
                text.Append(", ");
            Append(text, args[i]);
        }
        return text.Append(')').ToString();
    }

    private static void Append(StringBuilder text, in Arg arg)
    {
        switch (arg.Tag)
        {
            case ArgTag.Tensor:
                AppendTensor(text, arg.Pointer);
                break;
            case ArgTag.TensorList or ArgTag.OptionalTensorList:
                text.Append('{');
                for (var i = 0; i < Math.Min(arg.Extra, 8); i++)
                {
                    if (i > 0)
                        text.Append(' ');
                    AppendTensor(text, ((nint*)arg.Pointer)[i]);
                }
                text.Append(arg.Extra > 8 ? " ...}" : "}");
                break;
            case ArgTag.IntList:
                text.Append('(').Append(string.Join(", ", new ReadOnlySpan<long>((void*)arg.Pointer, arg.Extra).ToArray())).Append(')');
                break;
            case ArgTag.DoubleList:
                text.Append('(').Append(string.Join(", ", new ReadOnlySpan<double>((void*)arg.Pointer, arg.Extra).ToArray())).Append(')');
                break;
            case ArgTag.String:
                text.Append('\'').Append(Encoding.UTF8.GetString((byte*)arg.Pointer, arg.Extra)).Append('\'');
                break;
            case ArgTag.Double:
                text.Append(arg.Double.ToString(CultureInfo.InvariantCulture));
                break;
            case ArgTag.Int:
                text.Append(arg.Int);
                break;
            case ArgTag.Number:
                text.Append(arg.Extra == 1 ? arg.Double.ToString(CultureInfo.InvariantCulture) : arg.Int.ToString(CultureInfo.InvariantCulture));
                break;
            case ArgTag.Bool:
                text.Append(arg.Int != 0 ? "true" : "false");
                break;
            case ArgTag.None:
                text.Append("none");
                break;
            default:
                text.Append(arg.Tag.ToString().ToLowerInvariant());
                break;
        }
    }

    private static void AppendTensor(StringBuilder text, nint handle)
    {
        TensorInfo info;
        if (handle == 0 || NativeMethods.wma_tensor_info(handle, &info) != 0)
        {
            text.Append("tensor");
            return;
        }
        text.Append('[').Append(string.Join(", ", new ReadOnlySpan<long>(info.Sizes, info.NDim).ToArray())).Append("] ")
            .Append(((ScalarType)info.DType).ToString().ToLowerInvariant());
        if (info.DeviceType != 0)
            text.Append(' ').Append(new Device((DeviceType)info.DeviceType, info.DeviceIndex));
    }
}
