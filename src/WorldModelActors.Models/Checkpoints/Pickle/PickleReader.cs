using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// A pickle machine that knows only the opcodes which <c>torch.save</c> writes (protocols 2 to 5) and builds only tensors and
/// plain containers. Every other opcode and every import outside of <see cref="PickleGlobals"/> is refused by name with its
/// position. Lengths are checked against the bytes that are there before anything is allocated; the machine is a loop, so
/// nesting cannot exhaust the stack.
/// </summary>
internal ref struct PickleReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly PickleLimits _limits;
    private readonly Func<object?, object> _persistentLoad;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;
    private int _at;

    private PickleReader(ReadOnlySpan<byte> bytes, PickleLimits limits, Func<object?, object> persistentLoad)
    {
        _bytes = bytes.Length > limits.Bytes ? bytes[..limits.Bytes] : bytes;
        _limits = limits;
        _persistentLoad = persistentLoad;
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="bytes">Begins with the pickle; what follows its STOP is left alone.</param>
    /// <param name="persistentLoad">Turns a persistent id into an object (a storage).</param>
    /// <param name="length">Bytes that the pickle took.</param>
    /// <param name="limits">What it may cost.</param>
    /// <exception cref="CheckpointException">The pickle is damaged, too large or wants something that is refused.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, Func<object?, object> persistentLoad, out int length, PickleLimits? limits = null)
    {
        var machine = new PickleReader(bytes, limits ?? PickleLimits.Default, persistentLoad);
        try
        {
            var result = machine.Run();
            length = machine._position;
            return result;
        }
        catch (CheckpointException e)
        {
            throw new CheckpointException($"the pickle {e.Message} (byte {machine._at})", e);
        }
    }

    private object? Run()
    {
        for (var count = 1; ; count++)
        {
            _at = _position;
            if (count > _limits.Opcodes)
            {
                throw new CheckpointException($"has more than {_limits.Opcodes} opcodes");
            }

            var opcode = Take(1)[0];
            if (opcode == (byte)'.')
            {
                var result = Pop();
                return _stack.Count == 0 && _marks.Count == 0 ? result : throw new CheckpointException("stops with objects left over");
            }

            Execute(opcode);
        }
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Take(1)[0] is var protocol and (< 2 or > 5))
                {
                    throw new CheckpointException($"has protocol {protocol}, only 2 to 5 are read");
                }

                break;
            case 0x95: // FRAME: only a hint for buffering
                Take(8);
                break;
            case (byte)'(':
                _marks.Add(_stack.Count);
                CheckDepth(_marks.Count);
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case (byte)'K':
                Push((long)Take(1)[0]);
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 0x8a: // LONG1
                PushInteger(Take(1)[0]);
                break;
            case 0x8b: // LONG4
                PushInteger(BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case (byte)'X':
                PushText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case 0x8c: // SHORT_BINUNICODE
                PushText(Take(1)[0]);
                break;
            case 0x8d: // BINUNICODE8
                PushText(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                break;
            case (byte)')':
                Push(PickleTuple.Empty);
                break;
            case (byte)'t':
                Push(new PickleTuple([.. PopToMark()]));
                break;
            case 0x85:
                PushTuple(1);
                break;
            case 0x86:
                PushTuple(2);
                break;
            case 0x87:
                PushTuple(3);
                break;
            case (byte)']':
            case 0x8f: // EMPTY_SET
                Push(new PickleList());
                break;
            case (byte)'a':
                {
                    var item = Pop();
                    Top<PickleList>("appends to").Add(item);
                    break;
                }

            case (byte)'e':
            case 0x90: // ADDITEMS
                {
                    var items = PopToMark();
                    var list = Top<PickleList>("appends to");
                    foreach (var item in items)
                    {
                        list.Add(item);
                    }

                    break;
                }

            case 0x91: // FROZENSET
                {
                    var set = new PickleList();
                    foreach (var item in PopToMark())
                    {
                        set.Add(item);
                    }

                    Push(set);
                    break;
                }

            case (byte)'}':
                Push(new PickleDict());
                break;
            case (byte)'s':
                {
                    var value = Pop();
                    var key = Pop();
                    Top<PickleDict>("sets items of").Set(key, value);
                    break;
                }

            case (byte)'u':
                {
                    var items = PopToMark();
                    if (items.Count % 2 != 0)
                    {
                        throw new CheckpointException("has a key without a value");
                    }

                    var dict = Top<PickleDict>("sets items of");
                    for (var i = 0; i < items.Count; i += 2)
                    {
                        dict.Set(items[i], items[i + 1]);
                    }

                    break;
                }

            case (byte)'q':
                Memoize(Take(1)[0]);
                break;
            case (byte)'r':
                Memoize(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case 0x94: // MEMOIZE
                Memoize((uint)_memo.Count);
                break;
            case (byte)'h':
                Push(Recall(Take(1)[0]));
                break;
            case (byte)'j':
                Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case (byte)'c':
                PushGlobal(Line(), Line());
                break;
            case 0x93: // STACK_GLOBAL
                {
                    if (Pop() is not string name || Pop() is not string module)
                    {
                        throw new CheckpointException("imports something whose name is not text");
                    }

                    PushGlobal(module, name);
                    break;
                }

            case (byte)'R':
                {
                    if (Pop() is not PickleTuple arguments || Pop() is not PickleGlobal callable)
                    {
                        throw new CheckpointException("calls something that is not an allowed function");
                    }

                    Push(PickleGlobals.Call(callable, arguments));
                    break;
                }

            case (byte)'b':
                {
                    // OrderedDict carries its attributes (a state_dict's _metadata) this way; they hold no tensors.
                    var state = Pop();
                    if (state is not PickleDict)
                    {
                        throw new CheckpointException("sets the state of an object with something that is not a dict");
                    }

                    Top<PickleDict>("sets the state of");
                    break;
                }

            case (byte)'Q':
                Push(_persistentLoad(Pop()));
                break;
            default:
                throw new CheckpointException($"uses the opcode {PickleOpcodes.Name(opcode)}, which torch.save does not write for tensors; refused");
        }
    }

    private void PushGlobal(string module, string name) => Push(PickleGlobals.Find(module, name)
        ?? throw new CheckpointException($"imports {Shorten(module)}.{Shorten(name)}, which is not on the list of allowed names (tensors and plain containers only); refused: "
            + "do not load this file with anything else unless you trust its source"));

    private void PushInteger(int length)
    {
        if (length < 0 || length > _limits.IntegerBytes)
        {
            throw new CheckpointException($"has a whole number of {length} bytes");
        }

        var value = new BigInteger(Take((uint)length));
        Push(value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value);
    }

    private void PushText(ulong length)
    {
        try
        {
            Push(Utf8.GetString(Take(length)));
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException("has a text that is not valid UTF-8", e);
        }
    }

    private void PushTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        Push(new PickleTuple(items));
    }

    private void Push(object? item)
    {
        _stack.Add(item);
        CheckDepth(_stack.Count);
    }

    private readonly void CheckDepth(int depth)
    {
        if (depth > _limits.Stack)
        {
            throw new CheckpointException($"needs more than {_limits.Stack} objects on its stack");
        }
    }

    private readonly object? Pop()
    {
        if (_stack.Count == 0 || (_marks.Count > 0 && _marks[^1] >= _stack.Count))
        {
            throw new CheckpointException("takes an object from an empty stack");
        }

        var item = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return item;
    }

    private readonly List<object?> PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw new CheckpointException("goes back to a mark that was never set");
        }

        var mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = _stack.GetRange(mark, _stack.Count - mark);
        _stack.RemoveRange(mark, items.Count);
        return items;
    }

    private readonly T Top<T>(string verb) where T : class
        => _stack.Count > 0 && (_marks.Count == 0 || _marks[^1] < _stack.Count) && _stack[^1] is T top
            ? top
            : throw new CheckpointException($"{verb} something that is not a plain container");

    private readonly void Memoize(uint index)
    {
        if (_stack.Count == 0)
        {
            throw new CheckpointException("remembers an object of an empty stack");
        }

        _memo[index] = _stack[^1];
    }

    private readonly object? Recall(uint index) => _memo.TryGetValue(index, out var item)
        ? item
        : throw new CheckpointException($"asks for object {index}, which it has not remembered");

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_bytes.Length - _position))
        {
            throw new CheckpointException(_bytes.Length >= _limits.Bytes
                ? $"is longer than {_limits.Bytes} bytes"
                : "ends too early; the file is incomplete or damaged, copy it again");
        }

        var taken = _bytes.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private string Line()
    {
        const int longest = 1024;
        var rest = _bytes[_position..];
        var end = rest[..Math.Min(rest.Length, longest)].IndexOf((byte)'\n');
        if (end < 0)
        {
            throw new CheckpointException("has an import without an end of line");
        }

        _position += end + 1;
        return Encoding.Latin1.GetString(rest[..end]);
    }

    private static string Shorten(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 120 ? clean : clean[..117] + "...";
    }
}
