using System.Text.Json.Nodes;
using Keten.Client;

namespace Keten.Cli.Jobs;

/// <summary>A row that was not settled.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">In the file, from 1.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedRide(string File, int Line, string Reason);

/// <summary>What a settlement of rides came to, in cents.</summary>
/// <param name="Rides">Settled ones.</param>
/// <param name="Fares">Of the settled ones, as the ledger tells it.</param>
/// <param name="Tips">The same.</param>
/// <param name="Tolls">The same.</param>
/// <param name="Surcharges">What the totals held beyond them.</param>
/// <param name="FileTotal">The column of totals, over all rows that could be read.</param>
/// <param name="Refused">Rows that were not settled.</param>
/// <param name="Balances">What each has at the end.</param>
/// <param name="State">How the accounts were recounted.</param>
/// <param name="Receipts">What a process without the ledger accepted.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record RidesReport(
    int Rides, long Fares, long Tips, long Tolls, long Surcharges, long FileTotal, IReadOnlyList<RefusedRide> Refused, RideBalances Balances, StateRecount State, ReceiptCount Receipts,
    double Seconds)
{
    /// <summary>What riders paid in all.</summary>
    public long Total => Fares + Tips + Tolls + Surcharges;

    /// <summary>Whether the accounts have what the ledger told: drivers and platform fares and tips, the toll road the tolls, the payee of surcharges the rest.</summary>
    public bool Balanced => Balances.Drivers + Balances.Platform == Fares + Tips && Balances.TollRoad == Tolls && Balances.Surcharges == Surcharges;

    /// <summary>Whether every row was settled, the totals are the file's, and everything that was checked held.</summary>
    public bool Holds => Refused.Count == 0 && Total == FileTotal && Balanced && Balances.Riders == 0 && State.Sums.Values.All(sum => sum == 0)
        && Receipts.Accepted == Rides && Receipts.FlippedRejected == Rides;

    internal static RidesReport Of(
        List<PaidRide> settled, long fileTotal, List<RefusedRide> refused, RideBalances balances, StateRecount recount, ReceiptCount receipts, double seconds) => new(
        settled.Count, settled.Sum(ride => ride.Told.Fare.Minor), settled.Sum(ride => ride.Told.Tip.Minor), settled.Sum(ride => ride.Told.Tolls.Minor),
        settled.Sum(ride => ride.Told.Surcharges.Minor), fileTotal, refused, balances, recount, receipts, seconds);

    /// <summary>For programs: money as decimals of the currency.</summary>
    public JsonObject ToJson() => new()
    {
        ["rides"] = Rides,
        ["fares"] = Money(Fares),
        ["tips"] = Money(Tips),
        ["tolls"] = Money(Tolls),
        ["surcharges"] = Money(Surcharges),
        ["total"] = Money(Total),
        ["fileTotal"] = Money(FileTotal),
        ["currency"] = RidePayments.Currency,
        ["refused"] = new JsonArray([.. Refused.Select(row => (JsonNode)new JsonObject { ["file"] = row.File, ["line"] = row.Line, ["reason"] = row.Reason })]),
        ["accounts"] = new JsonObject
        {
            ["drivers"] = Money(Balances.Drivers), ["platform"] = Money(Balances.Platform), ["tollRoad"] = Money(Balances.TollRoad), ["surcharges"] = Money(Balances.Surcharges),
            ["riders"] = Money(Balances.Riders),
        },
        ["accountsSum"] = Money((long)State.Sums.Values.Aggregate((Int128)0, (sum, unit) => sum + unit)),
        ["receiptsVerified"] = Receipts.Accepted,
        ["flippedRejected"] = Receipts.FlippedRejected,
        ["seconds"] = Math.Round(Seconds, 1),
    };

    internal static string Money(long cents) => AmountText.Write(cents, RidePayments.Decimals);
}
