using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>
/// Reads the text of one file. The subset of HOCON (github.com/lightbend/config, HOCON.md) that it knows: objects, nested and dotted
/// keys, arrays, merging, <c>+=</c>, concatenation, substitutions, comments, quoted and triple-quoted texts, and includes of files.
/// </summary>
internal sealed class HoconParser(string text, string source, string? directory, IReadOnlyList<string> prefix, HoconFiles files)
{
    private static readonly HashSet<string> UnsupportedIncludes = ["url(", "classpath(", "package("];

    private readonly HoconReader _reader = new(text, source);
    private int _nesting;

    public ObjectSyntax Parse()
    {
        _reader.SkipBlankLines();
        var root = new ObjectSyntax(_reader.Origin);
        switch (_reader.Current)
        {
            case '[':
                throw new HoconException("settings are an object, not an array", _reader.Origin);
            case '{':
                ParseBraces(root, []);
                _reader.SkipBlankLines();
                if (!_reader.AtEnd)
                {
                    throw new HoconException(_reader.Unexpected("nothing after the closing '}'"), _reader.Origin);
                }

                break;
            default:
                ParseFields(root, [], opened: null);
                break;
        }

        return root;
    }

    private void ParseBraces(ObjectSyntax target, IReadOnlyList<string> path)
    {
        var opened = _reader.Origin;
        Enter(opened);
        _reader.Advance();
        ParseFields(target, path, opened);
        _nesting--;
    }

    /// <summary>Reads fields up to the closing brace, or (opened is null) to the end.</summary>
    private void ParseFields(ObjectSyntax target, IReadOnlyList<string> path, HoconOrigin? opened)
    {
        while (true)
        {
            _reader.SkipBlankLines();
            if (_reader.AtEnd)
            {
                if (opened is { } at)
                {
                    throw new HoconException("'{' is not closed", at, RenderPath(path));
                }

                return;
            }

            if (_reader.Current == '}' && opened is not null)
            {
                _reader.Advance();
                return;
            }

            if (!TryParseInclude(target, path))
            {
                ParseField(target, path);
            }

            EndOfItem(opened is null ? '\0' : '}');
        }
    }

    /// <summary>After a field or an array item: a comma, a line end, or (left for the caller) the closing bracket.</summary>
    private void EndOfItem(char closing)
    {
        var newLine = _reader.SkipBlankLines();
        if (_reader.Current == ',' && !_reader.AtEnd)
        {
            _reader.Advance();
        }
        else if (!newLine && !_reader.AtEnd && (closing == '\0' || _reader.Current != closing))
        {
            throw new HoconException(
                _reader.Unexpected(closing == '\0' ? "a new line or ','" : $"a new line, ',' or '{closing}'"), _reader.Origin);
        }
    }

    private void ParseField(ObjectSyntax target, IReadOnlyList<string> path)
    {
        var origin = _reader.Origin;
        var key = _reader.ReadPath();
        IReadOnlyList<string> full = [.. path, .. key];
        if (full.Count > HoconLimits.Nesting)
        {
            throw TooDeep(origin);
        }

        var append = false;
        switch (_reader.Current)
        {
            case '{':
                break;
            case ':' or '=':
                _reader.Advance();
                break;
            case '+' when _reader.Peek(1) == '=':
                _reader.Advance(2);
                append = true;
                break;
            default:
                throw new HoconException(_reader.Unexpected("'=', ':', '+=' or '{' after the key"), _reader.Origin, RenderPath(full));
        }

        _reader.SkipBlankLines();
        var value = ParseValue(full);
        if (append)
        {
            target.Append(key, value, [.. prefix, .. full], origin);
        }
        else
        {
            target.Assign(key, value, origin);
        }
    }

    private HoconSyntax ParseValue(IReadOnlyList<string> path)
    {
        var origin = _reader.Origin;
        var parts = new List<HoconSyntax>();
        var isNull = false;
        while (true)
        {
            var blankOrigin = _reader.Origin;
            var blanks = _reader.SkipBlanks();
            if (_reader.AtEnd || _reader.AtComment || _reader.Current is '\n' or ',' or '}' or ']')
            {
                break;
            }

            if (parts.Count > 0 && blanks.Length > 0)
            {
                parts.Add(new BlankSyntax(blanks, blankOrigin));
            }

            isNull = false;
            var at = _reader.Origin;
            switch (_reader.Current)
            {
                case '{':
                    var inner = new ObjectSyntax(at);
                    ParseBraces(inner, path);
                    parts.Add(inner);
                    break;
                case '[':
                    parts.Add(ParseArray(path));
                    break;
                case '"':
                    parts.Add(new ScalarSyntax(_reader.ReadQuoted(), isNull: false, at));
                    break;
                case '$' when _reader.Peek(1) == '{':
                    parts.Add(ParseSubstitution(path));
                    break;
                default:
                    var text = _reader.ReadUnquoted();
                    if (text.Length == 0)
                    {
                        throw new HoconException(
                            $"{_reader.Unexpected("a value")}: put '\"' around text that holds it", at, RenderPath(path));
                    }

                    isNull = text == "null";
                    parts.Add(new ScalarSyntax(text, isNull: false, at));
                    break;
            }
        }

        return parts switch
        {
            [] => throw new HoconException(_reader.Unexpected("a value"), origin, RenderPath(path)),
            [ScalarSyntax] when isNull => new ScalarSyntax("null", isNull: true, origin),
            [var single] => single,
            _ when parts.All(part => part is ScalarSyntax or BlankSyntax) => new ScalarSyntax(
                string.Concat(parts.Select(part => part is ScalarSyntax scalar ? scalar.Text : ((BlankSyntax)part).Text)), isNull: false, origin),
            _ => new ConcatenationSyntax(parts, origin),
        };
    }

    private ArraySyntax ParseArray(IReadOnlyList<string> path)
    {
        var opened = _reader.Origin;
        Enter(opened);
        _reader.Advance();
        var items = new List<HoconSyntax>();
        while (true)
        {
            _reader.SkipBlankLines();
            if (_reader.AtEnd)
            {
                throw new HoconException("'[' is not closed", opened, RenderPath(path));
            }

            if (_reader.Current == ']')
            {
                _reader.Advance();
                _nesting--;
                return new ArraySyntax(items, opened);
            }

            items.Add(ParseValue(path));
            EndOfItem(']');
        }
    }

    private SubstitutionSyntax ParseSubstitution(IReadOnlyList<string> path)
    {
        var origin = _reader.Origin;
        _reader.Advance(2);
        var isOptional = _reader.Current == '?';
        if (isOptional)
        {
            _reader.Advance();
        }

        var target = _reader.ReadPath();
        if (_reader.Current != '}')
        {
            throw new HoconException(_reader.Unexpected("'}' at the end of the substitution"), _reader.Origin, RenderPath(path));
        }

        _reader.Advance();
        return new SubstitutionSyntax(prefix, target, isOptional, origin);
    }

    /// <summary>
    /// <c>include "f"</c>, <c>include file("f")</c> and both within <c>required(…)</c>; anything else that starts with the word is a key.
    /// </summary>
    private bool TryParseInclude(ObjectSyntax target, IReadOnlyList<string> path)
    {
        const string word = "include";
        if (!_reader.StartsWith(word))
        {
            return false;
        }

        var ahead = word.Length;
        while (HoconReader.IsBlank(_reader.Peek(ahead)))
        {
            ahead++;
        }

        var isFile = StartsWith(ahead, "file(");
        var isRequired = StartsWith(ahead, "required(");
        if (_reader.Peek(ahead) != '"' && !isFile && !isRequired)
        {
            return UnsupportedIncludes.Any(kind => StartsWith(ahead, kind))
                ? throw new HoconException("only files can be included: write include \"other.conf\"", _reader.Origin)
                : false;
        }

        var origin = _reader.Origin;
        _reader.Advance(ahead);
        var file = ParseIncludedName(isRequired, isFile);
        if (directory is null)
        {
            throw new HoconException("settings that do not come from a file cannot include one", origin);
        }

        if (files.Parse(Path.Combine(directory, file), [.. prefix, .. path], isRequired, origin) is { } included)
        {
            target.MergeNewer(included);
        }

        return true;
    }

    private string ParseIncludedName(bool isRequired, bool isFile)
    {
        if (isRequired)
        {
            _reader.Advance("required(".Length);
            _reader.SkipBlanks();
            isFile = StartsWith(0, "file(");
        }

        if (isFile)
        {
            _reader.Advance("file(".Length);
            _reader.SkipBlanks();
        }

        if (_reader.Current != '"')
        {
            throw new HoconException(_reader.Unexpected("the name of a file in quotes"), _reader.Origin);
        }

        var file = _reader.ReadQuoted();
        for (var closing = (isRequired ? 1 : 0) + (isFile ? 1 : 0); closing > 0; closing--)
        {
            _reader.SkipBlanks();
            if (_reader.Current != ')')
            {
                throw new HoconException(_reader.Unexpected("')'"), _reader.Origin);
            }

            _reader.Advance();
        }

        return file;
    }

    private bool StartsWith(int ahead, string what)
    {
        for (var i = 0; i < what.Length; i++)
        {
            if (_reader.Peek(ahead + i) != what[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Enter(HoconOrigin origin)
    {
        if (++_nesting > HoconLimits.Nesting)
        {
            throw TooDeep(origin);
        }
    }

    private static HoconException TooDeep(HoconOrigin origin) =>
        new(string.Create(CultureInfo.InvariantCulture, $"nested deeper than {HoconLimits.Nesting} levels"), origin);

    private string RenderPath(IReadOnlyList<string> path) => HoconPath.Render([.. prefix, .. path]);
}
