using System.Globalization;
using Keten.Kernel;

namespace Keten.Connectors.Sessions;

/// <summary>
/// Reads charging sessions from a station operator's CSV, row by row, in bounded memory. Columns are found by the header's names: <c>sessionId, kwhTotal,
/// created, ended, userId,
/// stationId, locationId</c>; the others are skipped. A bad row is given with its line and reason, and reading goes on.
/// <list type="bullet">
/// <item>A year below 100 is of this century: 0014 and 0015 in published files mean 2014 and 2015.</item>
/// <item>Times are the wall clock's, as they stand, without a zone.</item>
/// <item>Energy is an exact decimal of kWh; what is finer than a Wh is rounded half-even.</item>
/// </list>
/// </summary>
public static class SessionCsv
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxText = 64;

    /// <summary>The longest line, in characters.</summary>
    public const int MaxLine = 4_096;

    /// <summary>The most rows of one file.</summary>
    public const int MaxRows = 1_000_000;

    private const int MaxColumns = 256;

    private static readonly string[] Needed = ["sessionId", "kwhTotal", "created", "ended", "userId", "stationId", "locationId"];

    /// <summary>The rows, as they are read.</summary>
    public static IEnumerable<SessionRow> Read(TextReader text)
    {
        var lines = new LineReader(text);
        var columns = lines.Next() && !lines.TooLong ? Header(lines.Line) : null;
        if (columns is not { } found)
        {
            yield return new SessionRow(1, null, SessionRefusal.NoHeader);
            yield break;
        }
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (lines.Next())
        {
            if (lines.Number > MaxRows + 1)
            {
                yield return new SessionRow(lines.Number, null, SessionRefusal.TooManyRows);
                yield break;
            }
            if (!lines.TooLong && lines.Line.Length == 0) continue;
            yield return lines.TooLong ? new SessionRow(lines.Number, null, SessionRefusal.TooLong) : Row(lines, found, ids);
        }
    }

    private static (int Count, int[] Places)? Header(string line)
    {
        if (Csv.Split(line, MaxColumns) is not { } names) return null;
        var places = new int[Needed.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = names.IndexOf(Needed[i]);
            if (places[i] < 0 || names.LastIndexOf(Needed[i]) != places[i]) return null;
        }
        return (names.Count, places);
    }

    private static SessionRow Row(LineReader lines, (int Count, int[] Places) columns, HashSet<string> ids)
    {
        var refusal = Judge(lines.Line, columns, ids, out var session);
        return new SessionRow(lines.Number, session, refusal);
    }

    private static SessionRefusal Judge(string line, (int Count, int[] Places) columns, HashSet<string> ids, out StationSession? session)
    {
        session = null;
        if (Csv.Split(line, MaxColumns) is not { } cells || cells.Count != columns.Count) return SessionRefusal.WrongColumns;
        string Cell(int needed) => cells[columns.Places[needed]];
        foreach (var text in (ReadOnlySpan<int>)[0, 4, 5, 6])
        {
            if (Cell(text).Length == 0) return SessionRefusal.MissingId;
            if (Cell(text).Length > MaxText) return SessionRefusal.TooLong;
        }
        if (Moment(Cell(2)) is not { } begin || Moment(Cell(3)) is not { } end) return SessionRefusal.NotATime;
        if (end < begin) return SessionRefusal.EndBeforeBegin;
        if (!decimal.TryParse(Cell(1), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var energy)
            || energy > 100_000)
            return SessionRefusal.EnergyNotANumber;
        if (energy < 0) return SessionRefusal.NegativeEnergy;
        if (!ids.Add(Cell(0))) return SessionRefusal.DuplicateId;
        session = new StationSession(Cell(0), Cell(5), Cell(6), Cell(4), begin, end, (long)decimal.Round(energy * 1_000, MidpointRounding.ToEven));
        return SessionRefusal.None;
    }

    /// <summary>YYYY-MM-DD hh:mm:ss, and nothing else.</summary>
    internal static Instant? Moment(string text)
    {
        const string Form = "0000-00-00 00:00:00";
        if (text.Length != Form.Length) return null;
        for (var i = 0; i < Form.Length; i++)
            if (Form[i] == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != Form[i]) return null;
        int Part(int at, int length) => int.Parse(text.AsSpan(at, length), CultureInfo.InvariantCulture);
        var (year, month, day) = (Part(0, 4), Part(5, 2), Part(8, 2));
        if (year < 100) year += 2_000;
        if (year < 1970 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        if (Part(11, 2) > 23 || Part(14, 2) > 59 || Part(17, 2) > 59) return null;
        return new Instant(new DateTimeOffset(year, month, day, Part(11, 2), Part(14, 2), Part(17, 2), TimeSpan.Zero).ToUnixTimeSeconds());
    }
}
