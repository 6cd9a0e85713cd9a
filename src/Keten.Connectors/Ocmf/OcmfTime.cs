using System.Globalization;

namespace Keten.Connectors.Ocmf;

/// <summary>A reading's time and how sure it is (OCMF, fields TM, table 19).</summary>
/// <param name="At">The moment, with the zone's offset as written.</param>
/// <param name="Clock">The clock's status.</param>
public readonly record struct OcmfTime(DateTimeOffset At, OcmfClock Clock)
{
    private const int SecondsEnd = 19;
    private const int MillisecondsEnd = 23;

    /// <summary>
    /// Reads <c>2018-07-24T13:22:04,000+0200 S</c>. Tolerated: a point for the comma, one to seven decimals or none, the zone as Z or with a colon, and a
    /// missing status, which is <see cref="OcmfClock.Unknown"/>. Impossible dates, hours and zones are false.
    /// </summary>
    public static bool TryParse(string text, out OcmfTime time)
    {
        time = default;
        if (text.Length is < 20 or > 40) return false;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (!TryClock(space < 0 ? [] : text.AsSpan(space + 1), out var clock)) return false;
        var moment = (space < 0 ? text : text[..space]).Replace(',', '.');
        // Without a zone the parser would take that of the machine.
        if (moment.Length <= SecondsEnd) return false;
        if (moment[^1] != 'Z' && moment.AsSpan(SecondsEnd).IndexOfAny('+', '-') < 0) return false;
        if (!DateTimeOffset.TryParseExact(moment, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) return false;
        time = new OcmfTime(at, clock);
        return true;
    }

    /// <summary>As the standard writes it, to the millisecond; finer parts are cut.</summary>
    public override string ToString()
    {
        var text = At.ToString("yyyy-MM-dd'T'HH:mm:ss','fffzzz", CultureInfo.InvariantCulture);
        return $"{text[..MillisecondsEnd]}{text[MillisecondsEnd..].Replace(":", "", StringComparison.Ordinal)} {(char)Clock}";
    }

    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ssK"];

    private static bool TryClock(ReadOnlySpan<char> text, out OcmfClock clock)
    {
        clock = text.IsEmpty ? OcmfClock.Unknown : (OcmfClock)text[0];
        return text.Length <= 1 && clock is OcmfClock.Unknown or OcmfClock.Informative or OcmfClock.Synchronised or OcmfClock.Relative;
    }
}

/// <summary>Time status (OCMF table 19). The value is the letter.</summary>
public enum OcmfClock
{
    /// <summary>Unknown or not synchronised.</summary>
    Unknown = 'U',

    /// <summary>Informative: an info clock.</summary>
    Informative = 'I',

    /// <summary>Synchronised.</summary>
    Synchronised = 'S',

    /// <summary>Relative: legally accurate duration counted from an informative begin.</summary>
    Relative = 'R',
}
