using System.Diagnostics;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>
/// Settles a file of charging sessions under a tariff on a new ledger: meters sign, agreements price, money moves; then accounts are recounted and receipts checked by a process
/// that has nothing else (docs/settlement.md).
/// </summary>
public sealed class SettleJob
{
    private const string Currency = "USD";
    private const byte Decimals = 2;
    private const long Round = 1_000;
    private static readonly OperatorNames Names = new("US", "USA", "KET", "TOU", Currency);

    private readonly SettleFolder folder;
    private readonly SessionFile file;
    private readonly ReadOnlyMemory<byte> tariff;
    private readonly List<RefusedRow> refused;
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);
    private Dictionary<string, Actor> drivers = [];
    private int changes;

    private SettleJob(SettleFolder folder, SessionFile file, ReadOnlyMemory<byte> tariff) =>
        (this.folder, this.file, this.tariff, refused) = (folder, file, tariff, [.. file.Refused]);

    /// <summary>Settles.</summary>
    /// <param name="folder">Where the ledger is to be; empty or not there.</param>
    /// <param name="file">The sessions.</param>
    /// <param name="tariff">A time-of-use schedule, in JSON.</param>
    /// <param name="done">Told how many sessions are through.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="FormatException">The tariff is not one.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static Task<SettleReport> RunAsync(SettleFolder folder, SessionFile file, ReadOnlyMemory<byte> tariff, Action<int>? done = null, CancellationToken cancel = default) =>
        new SettleJob(folder, file, tariff).RunAsync(done, cancel);

    private async Task<SettleReport> RunAsync(Action<int>? done, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var schedule = TariffFile.Read(tariff, Units(new Unit(1), new Unit(2)));
        List<ChargedSession> charged;
        StateRecount recount;
        Unit unit;
        var node = await folder.BeginAsync(cancel: cancel);
        var genesis = node.Genesis;
        await using (node)
        {
            using var documents = folder.OpenDocuments();
            var clerk = new Clerk(new NodeDoor(node, documents));
            var network = await FoundAsync(clerk, schedule.Terms, cancel);
            var metered = await AgreeAsync(network, cancel);
            charged = await new SessionCharging(network, Names).ChargeAsync(metered, done, cancel);
            SessionIndex.Of(network, charged).Save(folder.Path);
            recount = await CertifiedRecount.OfAsync(node, new AccountKey(network.Operator.Party, network.Currency, default), cancel);
            unit = network.Currency;
        }
        foreach (var session in charged.Where(session => !session.Answer.Done)) Refuse(session.Session.Id, session.Answer.Reason);
        var settled = charged.Where(session => session.Answer.Done).ToList();
        var receipts = await folder.VerifyAwayAsync(genesis, settled.ConvertAll(session => session.Receipt), cancel);
        return new SettleReport(
            settled.Count, settled.Sum(session => session.Told.Energy.Minor), [.. refused.OrderBy(row => row.Line)],
            AmountText.Write(settled.Sum(session => session.Told.Paid.Minor), Decimals), Currency, AmountText.Write((long)recount.Sums.GetValueOrDefault(unit), Decimals),
            recount, receipts, file.CrossedHours(schedule.Terms), changes, schedule.DemandCharges, watch.Elapsed.TotalSeconds);
    }

    private async Task<ChargingNetwork> FoundAsync(Clerk clerk, TariffTerms terms, CancellationToken cancel)
    {
        var meters = file.Sessions.Select(session => session.Meter).Distinct(StringComparer.Ordinal).Select(serial => new SessionMeter(serial)).ToList();
        drivers = file.Sessions.Select(session => session.Session.UserId).Distinct(StringComparer.Ordinal).ToDictionary(name => name, Actor.Named, StringComparer.Ordinal);
        var from = file.Sessions.Count > 0 ? file.Sessions[0].Session.Begin : clerk.Now;
        var network = await ChargingNetwork.FoundAsync(
            clerk, (Currency, Decimals), meters, [.. drivers.Values], (currency, energy) => TariffFile.Read(tariff, Units(currency, energy)).Terms, from, cancel);
        PrivateFiles.Keep(folder.Keys, [network.Operator, network.Institution, network.Arbiter, .. drivers.Values, .. meters.Select(meter => meter.Actor)]);
        return network;
    }

    // Every session is signed first: what a driver's sessions come to says how far the driver's mandate must go.
    private async Task<List<MeteredSession>> AgreeAsync(ChargingNetwork network, CancellationToken cancel)
    {
        var (metered, costs) = (new List<MeteredSession>(), new Dictionary<string, long>(StringComparer.Ordinal));
        var used = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var planned in file.Sessions)
        {
            var session = planned.Session;
            lines.Add(session.Id, planned.Line);
            var outcome = network.Meters[planned.Meter].Device.TrySign(network.Terms, session, out var record);
            var priced = outcome == PricingOutcome.Priced ? TariffPricing.Price(network.Terms, RecordPoints.Of(OcmfDocument.Read(record, out _)!, network.Energy)!.Value.AsSpan()) : default;
            if (priced.Session is not { } price)
            {
                Refuse(session.Id, (outcome == PricingOutcome.Priced ? priced.Outcome : outcome).ToString());
                continue;
            }
            if (TariffClock.Boundaries(network.Terms, session.Begin, session.End, out var moments) == PricingOutcome.Priced && moments.Count > 0) changes++;
            costs[session.UserId] = costs.GetValueOrDefault(session.UserId) + price.InclVat.Minor;
            if (!used.TryGetValue(session.UserId, out var meters)) used.Add(session.UserId, meters = new SortedSet<string>(StringComparer.Ordinal));
            meters.Add(planned.Meter);
            metered.Add(new MeteredSession(session.Id, session.UserId, planned.Meter, session.LocationId, record));
        }
        var terms = used.Select(driver => new DriverTerms(drivers[driver.Key], [.. driver.Value], PaidIn: 0, Leave: RoundUp(costs[driver.Key]))).ToList();
        await network.IssueAsync(terms.Where(driver => driver.Leave > 0).Select(driver => (driver.Driver, driver.Leave)), cancel);
        await network.AgreeAsync(terms, cancel);
        return metered;
    }

    private void Refuse(string session, string reason) => refused.Add(new RefusedRow(lines[session], reason));

    private static long RoundUp(long minor) => (minor + Round - 1) / Round * Round;

    // The file's wall-clock times are taken as they stand, so local time is what they say: no offset.
    private static OcpiUnits Units(Unit currency, Unit energy) => new(Currency, currency, Decimals, energy);
}
