using System.Numerics;

namespace WorldModelActors.Models;

/// <summary>
/// The two serialisations of <c>torch.save</c>: the zip archive (since PyTorch 1.6) and the older stream of pickles followed by
/// raw storages. Both give the pickled object and the place of every storage in the file.
/// </summary>
internal static class TorchFiles
{
    private const long LegacyProtocol = 1001;

    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The pickled object of a file and, by storage key, the position of each storage's first byte.</summary>
    public sealed record Content(object? Root, IReadOnlyDictionary<string, long> Storages);

    /// <summary>Whether the bytes begin like a zip archive.</summary>
    public static bool LooksLikeZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8);

    /// <summary>Whether the bytes begin like a pickle of protocol 2 or later.</summary>
    public static bool LooksLikePickle(ReadOnlySpan<byte> start) => start is [0x80, >= 2 and <= 5, ..];

    /// <exception cref="CheckpointException">The archive is damaged or holds something that is refused.</exception>
    public static Content ReadZip(MappedFile file)
    {
        var zip = ZipDirectory.Read(file);
        var pickles = zip.Names.Where(n => n == "data.pkl" || n.EndsWith("/data.pkl", StringComparison.Ordinal)).ToList();
        if (pickles is not [var pickleName])
        {
            throw new CheckpointException(pickles.Count == 0
                ? "is a zip archive without data.pkl, hence not a PyTorch checkpoint"
                : "is a zip archive with several data.pkl; save the checkpoint again with torch.save");
        }

        var folder = pickleName[..^"data.pkl".Length];
        if (zip.Contains(folder + "constants.pkl"))
        {
            throw new CheckpointException("is a TorchScript archive (a program), not a checkpoint; save the state_dict with torch.save");
        }

        if (zip.Contains(folder + "byteorder"))
        {
            var (at, count) = zip.Locate(folder + "byteorder");
            if (!file.Span(at, (int)Math.Min(count, 16)).SequenceEqual("little"u8))
            {
                throw new CheckpointException("was saved on a big-endian machine; save it again on a little-endian one");
            }
        }

        var (pickleAt, pickleLength) = zip.Locate(pickleName);
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        var bytes = file.Span(pickleAt, (int)Math.Min(pickleLength, int.MaxValue));
        var root = PickleReader.Read(bytes, id => Storage(id, 5, storage =>
        {
            var (at, count) = zip.Locate($"{folder}data/{storage.Key}");
            if ((Int128)storage.Count * storage.Type.Size() > count)
            {
                throw new CheckpointException($"says that storage '{storage.Key}' has {storage.Count} elements of {storage.Type.TorchName()}, but only {count} bytes are there");
            }

            storages[storage.Key] = at;
        }), out _);
        return new Content(root, storages);
    }

    /// <exception cref="CheckpointException">The file is damaged, holds something that is refused, or is a pickle but not of torch.save.</exception>
    public static Content ReadLegacy(MappedFile file)
    {
        var position = 0L;
        var magic = Next(NoStorages);
        if (magic is not BigInteger number || number != LegacyMagic)
        {
            throw new CheckpointException("is a pickle, but not one that torch.save wrote");
        }

        if (Next(NoStorages) is not LegacyProtocol)
        {
            throw new CheckpointException($"was not saved with protocol {LegacyProtocol} of torch.save");
        }

        if (Next(NoStorages) is not PickleDict system || !system.TryGet("little_endian", out var little) || little is not true)
        {
            throw new CheckpointException("was saved on a big-endian machine; save it again on a little-endian one");
        }

        var declared = new Dictionary<string, PickleStorage>(StringComparer.Ordinal);
        var root = Next(id => Storage(id, 6, storage =>
        {
            if (declared.TryGetValue(storage.Key, out var before) && before != storage)
            {
                throw new CheckpointException($"describes storage '{storage.Key}' in two ways");
            }

            declared[storage.Key] = storage;
        }));
        if (Next(NoStorages) is not PickleList keys)
        {
            throw new CheckpointException("has no list of its storages");
        }

        // Then, in the order of the list: eight bytes number of elements, and the elements.
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in keys.Items)
        {
            if (item is not string key || !declared.TryGetValue(key, out var storage) || storages.ContainsKey(key))
            {
                throw new CheckpointException("lists a storage that no tensor uses, or twice");
            }

            if (file.Length - position < 8 || BitConverter.ToInt64(file.Span(position, 8)) is var count && count != storage.Count)
            {
                throw new CheckpointException($"storage '{key}' does not begin where it should; the file is incomplete or damaged, copy it again");
            }

            position += 8;
            if ((Int128)storage.Count * storage.Type.Size() > file.Length - position)
            {
                throw new CheckpointException($"storage '{key}' reaches beyond the end of the file; it is incomplete, copy it again");
            }

            storages[key] = position;
            position += storage.Count * storage.Type.Size();
        }

        return new Content(root, storages);

        object? Next(Func<object?, object> persistentLoad)
        {
            var window = file.Span(position, (int)Math.Min(file.Length - position, PickleLimits.Default.Bytes));
            var result = PickleReader.Read(window, persistentLoad, out var length);
            position += length;
            return result;
        }

        static object NoStorages(object? id) => throw new CheckpointException("refers to a storage before the tensors begin");
    }

    /// <summary>The storage of a persistent id <c>('storage', type, key, location, count[, None])</c>.</summary>
    private static PickleStorage Storage(object? id, int items, Action<PickleStorage> check)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal global, string key, string, long count, ..] tuple }
            || tuple.Length != items || (items == 6 && tuple[5] is not null)
            || PickleGlobals.StorageType(global) is not { } type || count < 0)
        {
            throw new CheckpointException("refers to a storage in a way that torch.save does not write");
        }

        var storage = new PickleStorage(type, key, count);
        check(storage);
        return storage;
    }
}
