using System.Globalization;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Events as they become final, as Server-Sent Events that can be taken up again where they were left.</summary>
internal static class EventEndpoints
{
    public static void Map(WebApplication app) => app.MapGet("/v1/events", Events).WithMetadata(new StreamMark())
        .About("Events", "Events that the reader may read, and movements on its accounts, as they become final (Last-Event-ID, or after=height.index, takes them up again)", "text/event-stream");

    private static async Task<IResult> Events(
        HttpContext http, string? agreement, string? contract, string? after, LedgerNode node, ReaderGuard guard, RequestLimits limits, RecordJson records, UnitNames units,
        HttpSection section, HostState state, DoorMetrics metrics)
    {
        // A request for a stream counts as one; what follows has a limit of its own.
        using (limits.Enter(http.Connection.RemoteIpAddress))
        {
            var filter = new EventFilter(agreement is null ? null : Answers.Number(agreement, "agreement"), contract);
            var position = PositionOf(http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? after, node);
            var reader = await guard.ReaderOf(http);
            if (reader.Fault is not (Client.RequestFault.None or Client.RequestFault.Unsigned)) return reader.Refuse("");
            var events = new BlockEvents(node, reader, filter, records, units);
            return new EventStream(node, guard, reader, events, position, limits, section, state, metrics);
        }
    }

    // Without a position: what comes from now on.
    private static (ulong Height, long Index) PositionOf(string? text, LedgerNode node)
    {
        var head = node.Head?.Header.Height ?? 0;
        if (text is null) return (head, long.MaxValue);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !ulong.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || !uint.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw new ProblemException(Problem.BadRequest("The position is height.index, as the id of an event says it; 0.0 is the beginning."));
        return height <= head ? (height, index) : throw new ProblemException(Problem.BadRequest("The position lies ahead of this node's ledger."));
    }
}

/// <summary>Which events are wanted.</summary>
/// <param name="Agreement">Of this agreement only.</param>
/// <param name="Contract">Of this contract only, by its name or code.</param>
internal sealed record EventFilter(ulong? Agreement, string? Contract)
{
    public bool Takes(ulong agreement, Func<Contract?> contract)
    {
        if (Agreement is { } only && only != agreement) return false;
        return Contract is null || (contract() is { } of && (of.Name == Contract || of.Code.ToString(CultureInfo.InvariantCulture) == Contract));
    }
}
