using System.Globalization;
using System.Text;

namespace WorldModelActors.Settings;

/// <summary>The files of one configuration: reads them, and knows which are being read.</summary>
internal sealed class HoconFiles
{
    private readonly Stack<string> _open = new();
    private int _count;

    /// <summary>Parses a file, or null if there is none and none is required.</summary>
    /// <param name="path">As the user named it, relative to the working directory.</param>
    /// <param name="prefix">Where it is included.</param>
    /// <param name="isRequired">False: a missing file is fine.</param>
    /// <param name="includedAt">Where the include stands; null for the first file.</param>
    public ObjectSyntax? Parse(string path, IReadOnlyList<string> prefix, bool isRequired, HoconOrigin? includedAt)
    {
        string full;
        string text;
        try
        {
            full = Path.GetFullPath(path);
            if (!isRequired && !File.Exists(full))
            {
                return null;
            }

            Enter(full, path, includedAt);
            text = Read(full, path, includedAt);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HoconException(
                fault is FileNotFoundException or DirectoryNotFoundException
                    ? $"the settings file '{path}' does not exist"
                    : $"the settings file '{path}' cannot be read: {fault.Message}",
                includedAt);
        }

        try
        {
            return new HoconParser(text, path, Path.GetDirectoryName(path), prefix, this).Parse();
        }
        finally
        {
            _open.Pop();
        }
    }

    private void Enter(string full, string path, HoconOrigin? includedAt)
    {
        if (_open.Contains(full))
        {
            throw new HoconException($"the settings file '{path}' includes itself", includedAt);
        }

        if (_open.Count == HoconLimits.IncludeNesting || ++_count > HoconLimits.Includes)
        {
            throw new HoconException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"too many includes: at most {HoconLimits.IncludeNesting} within each other and {HoconLimits.Includes} in all"),
                includedAt);
        }

        _open.Push(full);
    }

    private string Read(string full, string path, HoconOrigin? includedAt)
    {
        try
        {
            using var reader = new StreamReader(full, HoconEncoding.Strict, detectEncodingFromByteOrderMarks: true);
            var text = new StringBuilder();
            var buffer = new char[1 << 16];
            while (reader.ReadBlock(buffer, 0, buffer.Length) is > 0 and var length)
            {
                text.Append(buffer, 0, length);
                if (text.Length > HoconLimits.FileLength)
                {
                    throw new HoconException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the settings file '{path}' is longer than {HoconLimits.FileLength} characters"),
                        includedAt);
                }
            }

            return text.ToString();
        }
        catch
        {
            _open.Pop();
            throw;
        }
    }
}
