using System.Text.Json.Nodes;
using Keten.Connectors.Schedules;

namespace Keten.Cli.Jobs;

/// <summary>What a settlement came to. Money as decimals of the currency.</summary>
/// <param name="Sessions">Settled ones.</param>
/// <param name="WattHours">Of the settled ones.</param>
/// <param name="Refused">Rows and sessions that were not settled.</param>
/// <param name="Settled">What moved from drivers to the operator, as the ledger tells it.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="AccountsSum">What all accounts add up to, recomputed from the records of the state tree.</param>
/// <param name="State">How that was recounted.</param>
/// <param name="Receipts">What a process without the ledger accepted.</param>
/// <param name="CrossedHours">Sessions that pass an hour of the schedule.</param>
/// <param name="PriceChanges">Sessions within which the price changes.</param>
/// <param name="DemandCharges">Reported, and charged by nobody.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record SettleReport(
    int Sessions, long WattHours, IReadOnlyList<RefusedRow> Refused, string Settled, string Currency, string AccountsSum, StateRecount State, ReceiptCount Receipts,
    int CrossedHours, int PriceChanges, IReadOnlyList<DemandCharge> DemandCharges, double Seconds)
{
    /// <summary>Whether every row was settled, and everything that was checked held.</summary>
    public bool Holds => Refused.Count == 0 && State.Sums.Values.All(sum => sum == 0) && Receipts.Accepted == Sessions && Receipts.FlippedRejected == Sessions;

    /// <summary>For programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["sessions"] = Sessions,
        ["kWh"] = WattHours / 1_000m,
        ["refused"] = new JsonArray([.. Refused.Select(row => (JsonNode)new JsonObject { ["line"] = row.Line, ["reason"] = row.Reason })]),
        ["settled"] = Settled,
        ["currency"] = Currency,
        ["accountsSum"] = AccountsSum,
        ["accounts"] = State.Accounts,
        ["records"] = State.Records,
        ["stateRoot"] = State.Root.ToString(),
        ["receiptsVerified"] = Receipts.Accepted,
        ["flippedRejected"] = Receipts.FlippedRejected,
        ["crossedHours"] = CrossedHours,
        ["priceChanges"] = PriceChanges,
        ["demandCharge"] = new JsonObject
        {
            ["charged"] = false,
            ["perKw"] = new JsonArray([.. DemandCharges.Select(charge => (JsonNode)new JsonObject { ["season"] = charge.Season, ["price"] = charge.PerKw })]),
        },
        ["seconds"] = Math.Round(Seconds, 1),
    };
}

/// <summary>What a process accepted that had receipts and genesis only.</summary>
/// <param name="Accepted">Receipts as they were given.</param>
/// <param name="FlippedRejected">Copies with one bit flipped that it did not accept.</param>
public sealed record ReceiptCount(int Accepted, int FlippedRejected);
