using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace WorldModelActors.Media;

/// <summary>
/// Reads a prompt table, a CSV file with the header <c>videoid,contentUrl,duration,data_dir,instruction,dynamic_confidence,
/// dynamic_wording,dynamic_source_category,embodiment,fps</c> in any order; only videoid, data_dir, instruction and fps are read.
/// </summary>
internal static class PromptTable
{
    private const long MaximumLength = 64L << 20;

    /// <exception cref="PromptDataException">The file, a column or a cell is missing or wrong; the message names file, line and column.</exception>
    public static IReadOnlyList<PromptRow> Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumLength)
            {
                throw new PromptDataException($"{path}: the table is larger than {MaximumLength >> 20} MiB; is it a prompt table?");
            }

            var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            using var text = new StreamReader(path, encoding);
            return Read(text, path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new PromptDataException($"{path}: the prompt table cannot be read ({cause.Message})", cause);
        }
        catch (DecoderFallbackException cause)
        {
            throw new PromptDataException($"{path}: the prompt table is not UTF-8 text; save it as UTF-8.", cause);
        }
    }

    /// <param name="text">The table.</param>
    /// <param name="path">Its name: the data set's name and what error messages call it.</param>
    internal static IReadOnlyList<PromptRow> Read(TextReader text, string path)
    {
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new PromptDataException($"{path}: the prompt table is empty; expected a header line with videoid, data_dir, instruction, fps.");
            }

            var videoId = Column(csv, path, "videoid");
            var dataDirectory = Column(csv, path, "data_dir");
            var instruction = Column(csv, path, "instruction");
            var fps = Column(csv, path, "fps");

            var dataset = Path.GetFileNameWithoutExtension(path);
            var rows = new List<PromptRow>();
            while (csv.Read())
            {
                rows.Add(new PromptRow(
                    dataset,
                    Name(csv, path, videoId, "videoid", PromptPath.IsFileName, "a file name without folders"),
                    Name(csv, path, dataDirectory, "data_dir", PromptPath.IsRelativeFolder, "a folder inside the prompt directory"),
                    Cell(csv, path, instruction, "instruction"),
                    Fps(csv, path, fps),
                    csv.Parser.RawRow));
            }

            return rows.Count > 0 ? rows : throw new PromptDataException($"{path}: the prompt table has a header but no rows.");
        }
        catch (CsvHelperException cause)
        {
            throw new PromptDataException($"{path}: line {csv.Parser.RawRow}: the CSV is malformed; check the quotes.", cause);
        }
    }

    private static int Column(CsvReader csv, string path, string column)
    {
        var index = Array.IndexOf(csv.HeaderRecord!, column);
        return index >= 0
            ? index
            : throw new PromptDataException($"{path}: line 1: column '{column}' is missing; the header has: {string.Join(",", csv.HeaderRecord!)}.");
    }

    private static string Cell(CsvReader csv, string path, int index, string column) => index < csv.Parser.Count
        ? csv.Parser[index]
        : throw new PromptDataException($"{path}: line {csv.Parser.RawRow}, column '{column}': the row ends before it.");

    private static string Name(CsvReader csv, string path, int index, string column, Func<string, bool> isGood, string expected)
    {
        var cell = Cell(csv, path, index, column);
        return isGood(cell)
            ? cell
            : throw new PromptDataException($"{path}: line {csv.Parser.RawRow}, column '{column}': '{cell}' is not {expected}.");
    }

    private static double Fps(CsvReader csv, string path, int index)
    {
        var cell = Cell(csv, path, index, "fps");
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var fps) && fps > 0 && fps <= 1000
            ? fps
            : throw new PromptDataException($"{path}: line {csv.Parser.RawRow}, column 'fps': '{cell}' is not a frame rate (a number above 0 and up to 1000).");
    }
}
