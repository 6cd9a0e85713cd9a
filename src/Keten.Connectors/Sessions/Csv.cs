using System.Text;

namespace Keten.Connectors.Sessions;

/// <summary>One line of comma-separated values (RFC 4180), without line breaks inside quotes.</summary>
internal static class Csv
{
    /// <summary>The line's cells; nothing where a quote is left open, stands within bare text, or there are too many cells.</summary>
    public static List<string>? Split(string line, int most)
    {
        var cells = new List<string>();
        for (var at = 0; ; at++)
        {
            if (cells.Count == most) return null;
            var cell = at < line.Length && line[at] == '"' ? Quoted(line, ref at) : Bare(line, ref at);
            if (cell is null || (at < line.Length && line[at] != ',')) return null;
            cells.Add(cell);
            if (at >= line.Length) return cells;
        }
    }

    private static string? Bare(string line, ref int at)
    {
        var end = line.IndexOf(',', at);
        if (end < 0) end = line.Length;
        var cell = line[at..end];
        at = end;
        return cell.Contains('"', StringComparison.Ordinal) ? null : cell;
    }

    private static string? Quoted(string line, ref int at)
    {
        var cell = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"') cell.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"') cell.Append(line[at++]);
            else
            {
                at++;
                return cell.ToString();
            }
        }
        return null;
    }
}

/// <summary>Lines of a text, of which no more is held than the longest that is allowed.</summary>
internal sealed class LineReader(TextReader text)
{
    private readonly char[] held = new char[SessionCsv.MaxLine];

    /// <summary>The line that was read, without its end; empty where it is too long.</summary>
    public string Line { get; private set; } = "";

    public int Number { get; private set; }

    public bool TooLong { get; private set; }

    /// <summary>Reads the next line; false at the text's end.</summary>
    public bool Next()
    {
        var (length, first) = (0, text.Read());
        if (first < 0) return false;
        (TooLong, Number) = (false, Number + 1);
        for (var next = first; next >= 0 && next != '\n'; next = text.Read())
        {
            if (length == held.Length) TooLong = true;
            else held[length++] = (char)next;
        }
        if (length > 0 && held[length - 1] == '\r') length--;
        Line = TooLong ? "" : new string(held, 0, length);
        return true;
    }
}
