using Keten.Client;
using Keten.Contracts.Metering;
using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>What a driver agrees to with the operator.</summary>
/// <param name="Driver">Who charges and pays.</param>
/// <param name="Meters">Whose readings both accept, by serial.</param>
/// <param name="PaidIn">What the driver pays in at once, in the currency's smallest part.</param>
/// <param name="Leave">The ceiling of the driver's mandate, in all and for each session; 0 for none.</param>
public sealed record DriverTerms(Actor Driver, IReadOnlyList<string> Meters, long PaidIn, long Leave);

/// <summary>A driver's agreement.</summary>
/// <param name="Driver">Whose.</param>
/// <param name="Agreement">On the ledger.</param>
/// <param name="Opened">The transaction that opened it.</param>
public sealed record DriverAgreement(Actor Driver, Agreement<MeteredUse> Agreement, Hash Opened);

/// <summary>A meter on the ledger.</summary>
/// <param name="Device">The meter.</param>
/// <param name="Enrolled">The transaction that enrolled its key.</param>
public sealed record NetworkMeter(SessionMeter Device, Hash Enrolled);

/// <summary>Parties and agreements under which vehicles charge: an operator, who issues its customers' money, its meters, its tariff, and its drivers. On a new ledger.</summary>
public sealed class ChargingNetwork
{
    private const long MandateDays = 365;
    private const byte EnergyDecimals = 3;

    private readonly Dictionary<string, NetworkMeter> meters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DriverAgreement> drivers = new(StringComparer.Ordinal);
    private Agreement<EMoney> money;

    private ChargingNetwork(Clerk clerk) => Clerk = clerk;

    /// <summary>Who submits.</summary>
    public Clerk Clerk { get; }

    /// <summary>Who provides and is paid.</summary>
    public Actor Operator { get; } = Actor.Named("operator");

    /// <summary>Who issues the money.</summary>
    public Actor Institution { get; } = Actor.Named("institution");

    /// <summary>Who rules where the others cannot settle.</summary>
    public Actor Arbiter { get; } = Actor.Named("arbiter");

    /// <summary>What is paid with.</summary>
    public Unit Currency { get; private set; }

    /// <summary>What registers count: watt-hours are its smallest part.</summary>
    public Unit Energy { get; private set; }

    /// <summary>The tariff in force.</summary>
    public TariffTerms Terms { get; private set; } = null!;

    /// <summary>The tariff on the ledger.</summary>
    public Agreement<Tariff> Prices { get; private set; }

    /// <summary>The transaction that published the tariff.</summary>
    public Hash Published { get; private set; }

    /// <summary>The meters, by serial.</summary>
    public IReadOnlyDictionary<string, NetworkMeter> Meters => meters;

    /// <summary>The drivers, by name.</summary>
    public IReadOnlyDictionary<string, DriverAgreement> Drivers => drivers;

    /// <summary>Founds one: enrols everybody, defines money and measure, publishes the tariff.</summary>
    /// <param name="clerk">Of a ledger on which nothing has been done yet.</param>
    /// <param name="currency">Its code in ISO 4217 and its decimals.</param>
    /// <param name="devices">The meters.</param>
    /// <param name="parties">The drivers.</param>
    /// <param name="terms">The tariff, given the units of money and energy.</param>
    /// <param name="from">From when it is in force.</param>
    /// <param name="cancel">Ends it half-way.</param>
    public static async Task<ChargingNetwork> FoundAsync(
        Clerk clerk, (string Code, byte Decimals) currency, IReadOnlyList<SessionMeter> devices, IReadOnlyList<Actor> parties, Func<Unit, Unit, TariffTerms> terms, Instant from,
        CancellationToken cancel = default)
    {
        var network = new ChargingNetwork(clerk);
        await network.EnrolAsync([network.Operator, network.Institution, network.Arbiter, .. parties], cancel);
        var enrolled = await network.EnrolAsync([.. devices.Select(device => device.Actor)], cancel);
        for (var each = 0; each < devices.Count; each++) network.meters.Add(devices[each].Actor.Name, new NetworkMeter(devices[each], enrolled[each]));
        await network.DefineUnitsAsync(currency, cancel);
        await network.PublishAsync(terms(network.Currency, network.Energy), from, cancel);
        return network;
    }

    /// <summary>Enrols parties, each with a transaction of its own that its key signs; gives those transactions.</summary>
    public async Task<List<Hash>> EnrolAsync(IReadOnlyList<Actor> actors, CancellationToken cancel = default)
    {
        var transactions = new List<byte[]>(actors.Count);
        foreach (var actor in actors) transactions.Add(Clerk.Begin(actor).Do(new KernelCalls.Enrol(actor.Key.Public)).SignBy(actor));
        return (await Clerk.MustAsync(transactions, cancel)).ConvertAll(answer => answer.Id);
    }

    /// <summary>The institution gives out money that it has received.</summary>
    public Task IssueAsync(IEnumerable<(Actor To, long Minor)> payments, CancellationToken cancel = default)
    {
        var transactions = new List<byte[]>();
        foreach (var (to, minor) in payments)
            transactions.Add(Clerk.Begin(Institution)
                .Call(EMoney.Contents, money, new EMoney.Issue(to.Party, Currency.Of(minor), Hash.Of(Guid.NewGuid().ToByteArray()))).SignBy(Institution));
        return Clerk.MustAsync(transactions, cancel);
    }

    /// <summary>Operator and drivers agree, both signing.</summary>
    public async Task AgreeAsync(IReadOnlyList<DriverTerms> all, CancellationToken cancel = default)
    {
        var until = Clerk.Now.PlusDays(MandateDays);
        var transactions = all.Select(terms => Agree(terms, until)).ToList();
        var answers = await Clerk.MustAsync(transactions, cancel);
        for (var each = 0; each < all.Count; each++)
        {
            var opened = await Clerk.OutcomeAsync(answers[each].Id, Operator, cancel);
            drivers.Add(all[each].Driver.Name, new DriverAgreement(all[each].Driver, new Agreement<MeteredUse>(opened.Agreement), answers[each].Id));
        }
    }

    /// <summary>Enrols a meter, which operator and driver then accept in their agreement: one that has been exchanged, or has come later.</summary>
    public async Task AcceptMeterAsync(string driver, SessionMeter device, CancellationToken cancel = default)
    {
        var enrolled = (await EnrolAsync([device.Actor], cancel))[0];
        var (customer, agreement, _) = drivers[driver];
        await Clerk.MustAsync([Clerk.Begin(Operator, customer).Call(MeteredUse.Contents, agreement, new MeteredUse.AcceptMeter(device.Actor.Party)).SignBy(Operator, customer)], cancel);
        meters.Add(device.Actor.Name, new NetworkMeter(device, enrolled));
    }

    /// <summary>The operator charges otherwise from a moment on, which is not in the past.</summary>
    public async Task ReviseAsync(TariffTerms terms, Instant from, CancellationToken cancel = default)
    {
        await Clerk.MustAsync([Clerk.Begin(Operator).Call(Tariff.Contents, Prices, new Tariff.Revise(terms, from)).SignBy(Operator)], cancel);
        Terms = terms;
    }

    private byte[] Agree(DriverTerms terms, Instant until)
    {
        var driver = terms.Driver;
        var leave = terms.Leave == 0 ? (Mandate?)null : new Mandate(Currency.Of(terms.Leave), Currency.Of(terms.Leave), until);
        // What the driver may ever be owed back is at most what the driver may ever pay.
        var ceiling = Currency.Of(terms.PaidIn + Math.Max(1, terms.Leave));
        var accepted = new Many<Party>([.. terms.Meters.Select(serial => meters[serial].Device.Actor.Party)]);
        var builder = Clerk.Begin(Operator, driver).Open(MeteredUse.Contents, new MeteredUse.Agree(
            Operator.Party, driver.Party, Arbiter.Party, Prices, accepted, Currency.Of(terms.PaidIn), leave, new Mandate(ceiling, ceiling, until)));
        builder.AtMost(Operator.Key.Id, ceiling);
        if (terms.PaidIn + terms.Leave > 0) builder.AtMost(driver.Key.Id, Currency.Of(terms.PaidIn + terms.Leave));
        return builder.SignBy(Operator, driver);
    }

    private async Task DefineUnitsAsync((string Code, byte Decimals) currency, CancellationToken cancel)
    {
        var begin = Clerk.Begin(Institution).Open(EMoney.Contents, new EMoney.Begin(Institution.Party, currency.Code, currency.Decimals)).SignBy(Institution);
        money = new Agreement<EMoney>((await Clerk.MustAsync(begin, Institution, cancel)).Outcome.Agreement);
        var define = Clerk.Begin(Operator).Open(Measure.Contents, new Measure.Define(Operator.Party, "kWh", EnergyDecimals)).SignBy(Operator);
        var defined = (await Clerk.MustAsync(define, Operator, cancel)).Outcome;
        Energy = Told<Measure.Defined>(Measure.Contents, defined).Unit;
        // The ledger numbers units one after the other, and nobody else is on it yet.
        if (Energy.Number != 2) throw new InvalidOperationException("The ledger is not new: it has units already.");
        Currency = new Unit(1);
    }

    private async Task PublishAsync(TariffTerms terms, Instant from, CancellationToken cancel)
    {
        Terms = terms;
        var publish = Clerk.Begin(Operator).Open(Tariff.Contents, new Tariff.Publish(Operator.Party, terms, from)).SignBy(Operator);
        var (transaction, outcome) = await Clerk.MustAsync(publish, Operator, cancel);
        (Published, Prices) = (transaction, new Agreement<Tariff>(outcome.Agreement));
    }

    /// <summary>The first event of a kind that an outcome tells.</summary>
    /// <exception cref="InvalidOperationException">It tells none.</exception>
    internal static TEvent Told<TEvent>(Contract contract, OutcomeLeaf outcome) where TEvent : struct, IEvent
    {
        foreach (var kind in contract.Events)
        {
            if (kind.EventCodec is not Codec<TEvent> codec) continue;
            foreach (var (number, content) in outcome.Events)
                if (number == kind.Number) return codec.FromBytes(content);
        }
        throw new InvalidOperationException("The call did not tell what it should have.");
    }
}
