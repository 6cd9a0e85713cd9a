using System.Globalization;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>Moments as RFC 3339 writes them, in UTC and whole seconds: «2026-03-02T18:00:00Z».</summary>
public static class MomentText
{
    /// <summary>A moment up to the year 9999; later ones, which no calendar here has, as their seconds since 1970.</summary>
    public static string Write(Instant moment) =>
        moment.Seconds is >= 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(moment.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : moment.Seconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads an RFC 3339 moment from 1970 on, of any offset and of whole seconds; false for anything else.</summary>
    public static bool TryParse(string? text, out Instant moment)
    {
        moment = default;
        if (text is not { Length: <= 32 }) return false;
        if (!DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)) return false;
        if (read.ToUnixTimeSeconds() < 0) return false;
        moment = new Instant(read.ToUnixTimeSeconds());
        return true;
    }
}
