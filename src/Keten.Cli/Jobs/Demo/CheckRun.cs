using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>What a checked run came to.</summary>
/// <param name="Sessions">That were charged.</param>
/// <param name="WattHours">Of them.</param>
/// <param name="Settled">What was paid for them, as decimals.</param>
/// <param name="Refused">What the ledger refused, and why.</param>
/// <param name="ReceiptsVerified">Receipts that hold offline.</param>
/// <param name="Receipts">Receipts that there are.</param>
/// <param name="Traced">Drivers of whose last session the whole evidence chain holds, fetched from the node as the driver reads it.</param>
/// <param name="Drivers">Drivers that there are.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record CheckReport(
    int Sessions, long WattHours, string Settled, IReadOnlyList<(string What, string Reason)> Refused, int ReceiptsVerified, int Receipts, int Traced, int Drivers, double Seconds)
{
    /// <summary>Whether all that should be done was done, and only that.</summary>
    public bool Holds => Sessions == CheckRun.Sessions && Refused.Count == 1 && ReceiptsVerified == Receipts && Traced == Drivers;

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["sessions"] = Sessions, ["kWh"] = WattHours / 1_000m, ["settled"] = Settled, ["currency"] = "EUR",
        ["refused"] = new JsonArray([.. Refused.Select(each => (JsonNode)new JsonObject { ["what"] = each.What, ["reason"] = each.Reason })]),
        ["receiptsVerified"] = ReceiptsVerified, ["traced"] = Traced, ["seconds"] = Math.Round(Seconds, 1),
    };
}

/// <summary>The main job once, over HTTP, with everything that belongs to it: sessions of several drivers, a credit note, a dispute, a double charge that is refused.</summary>
public static class CheckRun
{
    /// <summary>How many sessions.</summary>
    public const int Sessions = 36;

    /// <summary>Runs it.</summary>
    /// <param name="node">The node's address.</param>
    /// <param name="genesis">The ledger's, by which receipts are checked.</param>
    /// <param name="done">Told how many sessions are through.</param>
    /// <param name="cancel">Ends it half-way.</param>
    public static async Task<CheckReport> RunAsync(Uri node, Genesis genesis, Action<int>? done = null, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        using var door = new HttpDoor(node, genesis.LedgerId);
        var world = await DemoWorld.FoundAsync(door, meters: 4, cancel);
        var (charged, refused, decided) = (new List<ChargedSession>(), new List<(string, string)>(), new List<(Hash, Actor)>());
        while (charged.Count + refused.Count < Sessions && await world.ChargeNextAsync(cancel) is { } session)
        {
            if (session.Answer.Done) charged.Add(session);
            else refused.Add((session.Session.Id, session.Answer.Reason));
            decided.Add((session.Answer.Id, world.Network.Operator));
            done?.Invoke(charged.Count);
        }
        Take(await world.ChargeAgainAsync(charged[0], cancel), "double charge of " + charged[0].Session.Id, world.Network.Operator);
        Take(await world.CreditAsync(charged[1], charged[1].Told.Cost.Minor / 2, cancel), "credit of " + charged[1].Session.Id, world.Network.Operator);
        Take(await world.DisputeAsync(charged[2], "The cable did not fit.", cancel), "dispute of " + charged[2].Session.Id, world.Network.Drivers[charged[2].Session.Driver].Driver);

        var verified = 0;
        foreach (var (id, reader) in decided)
            if (ReceiptVerdict.Of(await door.ReceiptAsync(id, reader, cancel), genesis) is { Holds: true, Receipt: { } receipt } && receipt.Transaction.Id == id) verified++;
        var traced = 0;
        foreach (var last in charged.GroupBy(session => session.Session.Driver, StringComparer.Ordinal).Select(sessions => sessions.Last()))
            if (Trace.Check(await EvidenceFetch.OfAsync(door.As(world.Network.Drivers[last.Session.Driver].Driver), last.Answer.Id, cancel), genesis).Holds) traced++;
        return new CheckReport(
            charged.Count, charged.Sum(session => session.Told.Energy.Minor), AmountText.Write(charged.Sum(session => session.Told.Paid.Minor), 2), refused, verified, decided.Count, traced,
            world.Network.Drivers.Count, watch.Elapsed.TotalSeconds);

        void Take(FinalAnswer answer, string what, Actor by)
        {
            if (!answer.Done) refused.Add((what, answer.Reason));
            decided.Add((answer.Id, by));
        }
    }
}
