using Keten.Connectors.Sessions;

namespace Keten.Cli.Jobs;

/// <summary>A session at the connector where it is charged.</summary>
/// <param name="Line">In the file, from 1.</param>
/// <param name="Session">As the file has it.</param>
/// <param name="Connector">At its station, from 1.</param>
public sealed record PlannedSession(int Line, StationSession Session, int Connector)
{
    /// <summary>The meter's serial: one meter a connector.</summary>
    public string Meter => $"{Session.StationId}-{Connector}";
}

/// <summary>Which connector each session uses: a file names the station alone, and two sessions at one time are at two of its connectors.</summary>
public static class MeterPlan
{
    /// <summary>The sessions in the order of their begin, each at the first connector of its station that is free then.</summary>
    public static List<PlannedSession> Of(IEnumerable<SessionRow> rows)
    {
        var free = new Dictionary<string, List<Kernel.Instant>>(StringComparer.Ordinal);
        var planned = new List<PlannedSession>();
        foreach (var row in rows.OrderBy(row => row.Session!.Begin).ThenBy(row => row.Session!.End).ThenBy(row => row.Line))
        {
            var session = row.Session!;
            if (!free.TryGetValue(session.StationId, out var until)) free.Add(session.StationId, until = []);
            var connector = until.FindIndex(end => end <= session.Begin);
            if (connector < 0)
            {
                connector = until.Count;
                until.Add(session.End);
            }
            else until[connector] = session.End;
            planned.Add(new PlannedSession(row.Line, session, connector + 1));
        }
        return planned;
    }
}
