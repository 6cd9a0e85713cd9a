using Keten.Connectors.Ocpi;
using Keten.Connectors.Schedules;
using Keten.Connectors.Sessions;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A row of the file that was not settled.</summary>
/// <param name="Line">In the file, from 1; 0 where it is the whole file's.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedRow(int Line, string Reason);

/// <summary>A session file as it is to be settled: good rows at their meters, bad ones with their reason.</summary>
/// <param name="Sessions">In the order of their begin.</param>
/// <param name="Refused">In the order of the file.</param>
public sealed record SessionFile(IReadOnlyList<PlannedSession> Sessions, IReadOnlyList<RefusedRow> Refused)
{
    /// <summary>The longest id that a charge record takes, in characters; a station's leaves room for its connector.</summary>
    public const int IdAtMost = 36;

    /// <summary>Reads one.</summary>
    public static SessionFile Read(TextReader text)
    {
        var (good, bad) = (new List<SessionRow>(), new List<RefusedRow>());
        foreach (var row in SessionCsv.Read(text))
            if (row.Session is not { } session) bad.Add(new RefusedRow(row.Line, row.Refusal.ToString()));
            else if (!IsId(session.Id) || !IsId(session.UserId) || !IsId(session.LocationId) || !IsId(session.StationId + "-99")) bad.Add(new RefusedRow(row.Line, "NotAnId"));
            else good.Add(row);
        return new SessionFile(MeterPlan.Of(good), bad);
    }

    // What goes into a charge record and onto a meter's plate.
    private static bool IsId(string text) => text.Length <= IdAtMost && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    /// <summary>How many sessions pass an hour at which the tariff names one, whether or not a price changes there.</summary>
    public int CrossedHours(TariffTerms terms)
    {
        var minutes = new SortedSet<int>();
        foreach (var element in terms.Elements)
        {
            if (element.Restrictions?.StartTime is { } start) minutes.Add(start);
            if (element.Restrictions?.EndTime is { } end) minutes.Add(end);
        }
        return Sessions.Count(session => minutes.Any(minute => Next(session.Session.Begin, minute) < session.Session.End));
    }

    private static Instant Next(Instant begin, int minute)
    {
        var at = new Instant(begin.DayNumber * Instant.Day + minute * 60);
        return at > begin ? at : at.PlusDays(1);
    }
}

/// <summary>A tariff as a file has it: a time-of-use schedule, or an OCPI tariff.</summary>
public static class TariffFile
{
    /// <summary>No file is longer, in bytes.</summary>
    public const int BytesAtMost = 1 << 20;

    /// <summary>Reads a time-of-use schedule for a ledger's units.</summary>
    /// <exception cref="FormatException">It is not one; the message names the first fault.</exception>
    public static TouSchedule Read(ReadOnlyMemory<byte> json, OcpiUnits units)
    {
        var read = TouScheduleReader.Read(json, units);
        return read.Value ?? throw new FormatException($"The tariff is not a time-of-use schedule: {read.Faults[0].Path} {read.Faults[0].Reason}.");
    }
}
