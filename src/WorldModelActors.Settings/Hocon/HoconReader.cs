using System.Globalization;
using System.Text;

namespace WorldModelActors.Settings;

/// <summary>A position in a text: characters, blanks, comments, strings and key paths.</summary>
internal sealed class HoconReader(string text, string source)
{
    private int _position;
    private int _line = 1;
    private int _lineStart;

    public bool AtEnd => _position >= text.Length;

    /// <summary>The character here; NUL at the end.</summary>
    public char Current => Peek(0);

    public HoconOrigin Origin => new(source, _line, _position - _lineStart + 1);

    /// <summary>True where a comment begins.</summary>
    public bool AtComment => Current == '#' || (Current == '/' && Peek(1) == '/');

    public char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';

    public bool StartsWith(string what) => string.CompareOrdinal(text, _position, what, 0, what.Length) == 0;

    public void Advance(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            if (text[_position++] == '\n')
            {
                _line++;
                _lineStart = _position;
            }
        }
    }

    /// <summary>Skips blanks within the line and answers what they were.</summary>
    public string SkipBlanks()
    {
        var start = _position;
        while (!AtEnd && IsBlank(Current))
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>Skips blanks, line ends and comments; true if there was a line end.</summary>
    public bool SkipBlankLines()
    {
        var newLine = false;
        while (!AtEnd)
        {
            if (Current == '\n')
            {
                newLine = true;
                Advance();
            }
            else if (IsBlank(Current))
            {
                _position++;
            }
            else if (AtComment)
            {
                SkipComment();
            }
            else
            {
                break;
            }
        }

        return newLine;
    }

    /// <summary>Skips to the end of the line.</summary>
    public void SkipComment()
    {
        while (!AtEnd && Current != '\n')
        {
            _position++;
        }
    }

    /// <summary>Reads characters that need no quotes; a plus sign is one of them in the exponent of a number only.</summary>
    public string ReadUnquoted()
    {
        var start = _position;
        while (!AtEnd && !AtComment && (IsUnquoted(Current) || IsExponentSign(start)))
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>Reads <c>"…"</c> or <c>"""…"""</c>.</summary>
    public string ReadQuoted()
    {
        var start = Origin;
        if (StartsWith("\"\"\""))
        {
            return ReadTripleQuoted(start);
        }

        Advance();
        var value = new StringBuilder();
        while (true)
        {
            if (AtEnd || Current == '\n')
            {
                throw new HoconException("the quoted text is not closed: add '\"', or use \"\"\" for several lines", start);
            }

            var c = Current;
            if (c == '"')
            {
                Advance();
                return value.ToString();
            }

            if (c == '\\')
            {
                value.Append(ReadEscape());
            }
            else
            {
                value.Append(c);
                Advance();
            }
        }
    }

    /// <summary>Reads <c>a.b."c.d"</c> up to the first character that belongs to no path; blanks at its ends are skipped.</summary>
    public List<string> ReadPath()
    {
        var start = Origin;
        var elements = new List<string>();
        var element = new StringBuilder();
        var quoted = false;
        SkipBlanks();
        while (true)
        {
            var blanks = SkipBlanks();
            if (AtEnd || AtComment)
            {
                break;
            }

            if (Current == '.')
            {
                EndElement();
                Advance();
                SkipBlanks();
            }
            else if (Current == '"')
            {
                Append(blanks, ReadQuoted());
                quoted = true;
            }
            else if (IsUnquoted(Current))
            {
                var from = _position;
                while (!AtEnd && !AtComment && Current != '.' && IsUnquoted(Current))
                {
                    _position++;
                }

                Append(blanks, text[from.._position]);
            }
            else
            {
                break;
            }
        }

        EndElement();
        return elements;

        void Append(string blanks, string part)
        {
            if (element.Length > 0 || quoted)
            {
                element.Append(blanks);
            }

            element.Append(part);
        }

        void EndElement()
        {
            if (element.Length == 0 && !quoted)
            {
                throw new HoconException(
                    elements.Count == 0 && (AtEnd || Current != '.') ? Unexpected("a key") : "an element of the key is empty", start);
            }

            if (elements.Count == HoconLimits.Nesting)
            {
                throw new HoconException(
                    string.Create(CultureInfo.InvariantCulture, $"the key has more than {HoconLimits.Nesting} elements"), start);
            }

            elements.Add(element.ToString());
            element.Clear();
            quoted = false;
        }
    }

    /// <summary>Says what was expected and what stands here.</summary>
    public string Unexpected(string expected)
    {
        var found = AtEnd ? "the end" : Current == '\n' ? "the end of the line" : char.IsControl(Current) ? $"U+{(int)Current:X4}" : $"'{Current}'";
        return $"expected {expected}, found {found}";
    }

    public static bool IsBlank(char c) => c != '\n' && (char.IsWhiteSpace(c) || c == '\uFEFF');

    public static bool IsUnquoted(char c) =>
        c != '\0' && !char.IsControl(c) && !IsBlank(c) && !HoconPath.Reserved.Contains(c, StringComparison.Ordinal);

    private bool IsExponentSign(int start) =>
        Current == '+'
        && _position - start >= 2
        && text[_position - 1] is 'e' or 'E'
        && char.IsAsciiDigit(Peek(1))
        && text.AsSpan(start, _position - 1 - start).TrimStart('-').IndexOfAnyExcept("0123456789.") < 0;

    private string ReadTripleQuoted(HoconOrigin start)
    {
        Advance(3);
        var end = text.IndexOf("\"\"\"", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException("the text in \"\"\" is not closed", start);
        }

        // Quotes beyond three belong to the text: """a"""" is a".
        while (end + 3 < text.Length && text[end + 3] == '"')
        {
            end++;
        }

        var value = text[_position..end];
        Advance(end + 3 - _position);
        return value;
    }

    private char ReadEscape()
    {
        var at = Origin;
        Advance();
        var c = Current;
        if (AtEnd)
        {
            throw new HoconException("the quoted text is not closed", at);
        }

        Advance();
        return c switch
        {
            '"' or '\\' or '/' => c,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            'u' => ReadCodeUnit(at),
            _ => throw new HoconException($"'\\{c}' is no escape: write '\\\\' for a backslash", at),
        };
    }

    private char ReadCodeUnit(HoconOrigin at)
    {
        if (_position + 4 > text.Length
            || !ushort.TryParse(
                text.AsSpan(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            throw new HoconException("'\\u' needs four hexadecimal digits", at);
        }

        Advance(4);
        return (char)unit;
    }
}
