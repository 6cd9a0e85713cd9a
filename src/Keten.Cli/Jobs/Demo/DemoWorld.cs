using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A party of the demonstration, with its key: nobody else's, and made anew with each start.</summary>
/// <param name="Role">operator, driver, arbiter, institution or meter.</param>
/// <param name="Actor">Who signs.</param>
public sealed record DemoParty(string Role, Actor Actor);

/// <summary>
/// The demonstration: an operator with its meters, and drivers who pay in advance or under a mandate, on a new ledger. Sessions happen when asked for, or one after the other in the
/// background. Not for several threads at once.
/// </summary>
public sealed class DemoWorld
{
    private const long PaidIn = 50_000;
    private const long Leave = 100_000_000;
    private const long Issued = 200_000_000;
    private const int Seed = 20_260_301;
    private const long DaysBack = 30;
    private static readonly string[] Prepaid = ["Ada", "Bob"];
    private static readonly string[] Mandated = ["Chen", "Dana", "Eli"];
    private static readonly OperatorNames Names = new("NL", "NLD", "KET", "DAY-NIGHT", "EUR");

    private readonly DemoTraffic traffic;
    private readonly SessionCharging charging;
    private readonly Dictionary<string, long> left;
    private readonly List<ChargedSession> recent = [];
    private int count;

    private DemoWorld(ChargingNetwork network, DemoTraffic traffic)
    {
        (Network, this.traffic, charging) = (network, traffic, new SessionCharging(network, Names));
        left = Prepaid.ToDictionary(name => name, _ => PaidIn, StringComparer.Ordinal);
    }

    /// <summary>Parties and agreements.</summary>
    public ChargingNetwork Network { get; }

    /// <summary>Everybody, operator first.</summary>
    public IReadOnlyList<DemoParty> Parties =>
    [
        new("operator", Network.Operator), new("institution", Network.Institution), new("arbiter", Network.Arbiter),
        .. Network.Drivers.Values.Select(driver => new DemoParty("driver", driver.Driver)), .. Network.Meters.Values.Select(meter => new DemoParty("meter", meter.Device.Actor)),
    ];

    /// <summary>What has been charged so far, newest last; at most the last hundred.</summary>
    public IReadOnlyList<ChargedSession> Recent => recent;

    /// <summary>Founds it on a new ledger.</summary>
    public static async Task<DemoWorld> FoundAsync(ILedgerDoor door, int meters = 12, CancellationToken cancel = default)
    {
        var clerk = new Clerk(door);
        var begin = clerk.Now.PlusDays(-DaysBack);
        var devices = Enumerable.Range(1, meters).Select(number => new SessionMeter($"AMS-{number:D2}")).ToList();
        var drivers = Prepaid.Concat(Mandated).Select(Actor.Named).ToList();
        var network = await ChargingNetwork.FoundAsync(clerk, ("EUR", 2), devices, drivers, DemoTariff.Terms, begin, cancel);
        await network.IssueAsync(drivers.Select(driver => (driver, Issued)), cancel);
        var serials = devices.ConvertAll(device => device.Actor.Name);
        await network.AgreeAsync([.. drivers.Select(driver => Prepaid.Contains(driver.Name) ? new DriverTerms(driver, serials, PaidIn, 0) : new DriverTerms(driver, serials, 0, Leave))], cancel);
        return new DemoWorld(network, new DemoTraffic(Seed, drivers.ConvertAll(driver => driver.Name), serials, begin));
    }

    /// <summary>Lets one more session happen, and charges it; null where simulated time has caught up with the clock.</summary>
    public async Task<ChargedSession?> ChargeNextAsync(CancellationToken cancel = default)
    {
        if (traffic.Next(Network.Clerk.Now) is not { } visit) return null;
        var record = Network.Meters[visit.Meter].Device.Sign(visit.Begin, visit.Charged, visit.End, visit.WattHours);
        var session = new MeteredSession($"S-{++count:D6}", visit.Driver, visit.Meter, "Amsterdam", record);
        await TopUpAsync(visit.Driver, session, cancel);
        var charged = (await charging.ChargeAsync([session], cancel: cancel))[0];
        recent.Add(charged);
        if (recent.Count > 100) recent.RemoveAt(0);
        return charged;
    }

    /// <summary>The same reading handed in once more: the ledger refuses it.</summary>
    public async Task<FinalAnswer> ChargeAgainAsync(ChargedSession session, CancellationToken cancel = default) =>
        (await Network.Clerk.SubmitAsync([charging.Charge(session.Session, session.Record.Commitment)], cancel))[0];

    /// <summary>The operator credits a session down to a right cost, VAT in proportion.</summary>
    public async Task<FinalAnswer> CreditAsync(ChargedSession session, long rightCost, CancellationToken cancel = default)
    {
        var (told, @operator) = (session.Told, Network.Operator);
        var vat = told.Cost.IsZero ? told.Vat : told.Vat.Times(rightCost, told.Cost.Minor, Rounding.HalfEven);
        var note = await KeepAsync($"Credit note for session {session.Session.Id}.", @operator, session, cancel);
        var transaction = Network.Clerk.Begin(@operator)
            .Call(MeteredUse.Contents, AgreementOf(session), new MeteredUse.Credit(told.Document, Network.Currency.Of(rightCost), vat, note.Commitment));
        if (told.Paid.Minor > 0) transaction.AtMost(@operator.Key.Id, told.Paid);
        return (await Network.Clerk.SubmitAsync([transaction.SignBy(@operator)], cancel))[0];
    }

    /// <summary>The driver disputes a session.</summary>
    public async Task<FinalAnswer> DisputeAsync(ChargedSession session, string claim, CancellationToken cancel = default)
    {
        var driver = Network.Drivers[session.Session.Driver].Driver;
        var said = await KeepAsync(claim, driver, session, cancel);
        var transaction = Network.Clerk.Begin(driver).Call(MeteredUse.Contents, AgreementOf(session), new MeteredUse.Dispute(session.Told.Document, said.Commitment));
        return (await Network.Clerk.SubmitAsync([transaction.SignBy(driver)], cancel))[0];
    }

    /// <summary>Goes on until it is cancelled: a session every few seconds.</summary>
    public async Task RunAsync(TimeSpan every, Action<ChargedSession>? happened = null, CancellationToken cancel = default)
    {
        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                if (await ChargeNextAsync(cancel) is { } charged) happened?.Invoke(charged);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    // Who pays in advance pays in again before a session could cost more than what is left.
    private async Task TopUpAsync(string driver, MeteredSession session, CancellationToken cancel)
    {
        if (!left.TryGetValue(driver, out var balance)) return;
        var points = RecordPoints.Of(OcmfDocument.Read(session.Record, out _)!, Network.Energy)!.Value;
        var cost = TariffPricing.Price(Network.Terms, points.AsSpan()).Session!.InclVat.Minor;
        if (balance < cost)
        {
            var (actor, agreement) = (Network.Drivers[driver].Driver, Network.Drivers[driver].Agreement);
            var transaction = Network.Clerk.Begin(actor).Call(MeteredUse.Contents, agreement, new MeteredUse.TopUp(Network.Currency.Of(PaidIn)))
                .AtMost(actor.Key.Id, Network.Currency.Of(PaidIn)).SignBy(actor);
            await Network.Clerk.MustAsync([transaction], cancel);
            balance += PaidIn;
        }
        left[driver] = balance - cost;
    }

    private Agreement<MeteredUse> AgreementOf(ChargedSession session) => Network.Drivers[session.Session.Driver].Agreement;

    private Task<KeptDocument> KeepAsync(string text, Actor owner, ChargedSession session, CancellationToken cancel) => Network.Clerk.Door.KeepAsync(
        System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", owner, AgreementOf(session).Number,
        [Network.Operator.Party, Network.Drivers[session.Session.Driver].Driver.Party, Network.Arbiter.Party], cancel);
}
