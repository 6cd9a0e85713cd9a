using System.Security.Cryptography;
using System.Text;
using Keten.Client;
using Keten.Connectors.Rides;
using Keten.Contracts.Mobility;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>A ride of a file.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Row">Its row, which has a ride.</param>
public sealed record FiledRide(string File, RideRow Row);

/// <summary>What became of a ride.</summary>
/// <param name="Filed">Which.</param>
/// <param name="Answer">What the ledger answered.</param>
/// <param name="Receipt">The payment's; empty where it was refused.</param>
/// <param name="Told">What the ledger says of it; the default where it was refused.</param>
public sealed record PaidRide(FiledRide Filed, FinalAnswer Answer, byte[] Receipt, Rides.Settled Told);

/// <summary>A platform on a new ledger, with drivers who sign rides and riders who pay them. The file names neither, so they are dealt out in turn.</summary>
internal sealed class RidePayments
{
    /// <summary>What a currency of the file is.</summary>
    public const string Currency = "USD";

    /// <summary>Of its smallest part.</summary>
    public const byte Decimals = 2;

    /// <summary>The platform's share of a fare: a quarter.</summary>
    public static readonly Rate Commission = new(250_000);

    private const int DriversAtMost = 40;
    private const int RidersAtMost = 200;
    private static readonly Unit Dollar = new(1);

    private readonly Clerk clerk;
    private Agreement<Rides> agreement;

    private RidePayments(Clerk clerk, int rides)
    {
        this.clerk = clerk;
        Drivers = [.. Enumerable.Range(1, Math.Clamp(rides, 1, DriversAtMost)).Select(number => Actor.Named($"driver-{number}"))];
        Riders = [.. Enumerable.Range(1, Math.Clamp(rides, 1, RidersAtMost)).Select(number => Actor.Named($"rider-{number}"))];
    }

    public Actor Platform { get; } = Actor.Named("platform");

    public Actor Institution { get; } = Actor.Named("institution");

    public Actor Road { get; } = Actor.Named("toll-road");

    public Actor Surcharges { get; } = Actor.Named("surcharges");

    public IReadOnlyList<Actor> Drivers { get; }

    public IReadOnlyList<Actor> Riders { get; }

    public IEnumerable<Actor> Everybody => [Platform, Institution, Road, Surcharges, .. Drivers, .. Riders];

    /// <summary>Enrols everybody, gives each rider what the rider's rides cost, and opens the platform's agreement.</summary>
    public static async Task<RidePayments> FoundAsync(Clerk clerk, IReadOnlyList<FiledRide> rides, CancellationToken cancel)
    {
        var made = new RidePayments(clerk, rides.Count);
        await clerk.MustAsync([.. made.Everybody.Select(actor => clerk.Begin(actor).Do(new KernelCalls.Enrol(actor.Key.Public)).SignBy(actor))], cancel);
        var begin = clerk.Begin(made.Institution).Open(EMoney.Contents, new EMoney.Begin(made.Institution.Party, Currency, Decimals)).SignBy(made.Institution);
        var money = new Agreement<EMoney>((await clerk.MustAsync(begin, made.Institution, cancel)).Outcome.Agreement);
        var costs = new long[made.Riders.Count];
        for (var each = 0; each < rides.Count; each++) costs[each % costs.Length] += Math.Max(0, rides[each].Row.Ride!.Total);
        await clerk.MustAsync([.. costs.Index().Where(cost => cost.Item > 0).Select(cost => clerk.Begin(made.Institution)
            .Call(EMoney.Contents, money, new EMoney.Issue(made.Riders[cost.Index].Party, Dollar.Of(cost.Item), Fresh())).SignBy(made.Institution))], cancel);
        var open = clerk.Begin(made.Platform).Open(Rides.Contents, new Rides.Begin(made.Platform.Party, Commission, made.Road.Party, made.Surcharges.Party, Dollar)).SignBy(made.Platform);
        made.agreement = new Agreement<Rides>((await clerk.MustAsync(open, made.Platform, cancel)).Outcome.Agreement);
        await clerk.MustAsync([.. made.Drivers.Select(driver => clerk.Begin(made.Platform).Call(Rides.Contents, made.agreement, new Rides.Admit(driver.Party)).SignBy(made.Platform))], cancel);
        return made;
    }

    /// <summary>Has each ride signed by its driver and paid by its rider, many a request.</summary>
    public async Task<List<PaidRide>> PayAsync(IReadOnlyList<FiledRide> rides, Action<int>? done, CancellationToken cancel)
    {
        var paid = new List<PaidRide>(rides.Count);
        foreach (var batch in rides.Chunk(Clerk.BatchAtMost))
        {
            cancel.ThrowIfCancellationRequested();
            var first = paid.Count;
            var answers = await clerk.SubmitAsync([.. batch.Select((filed, each) => Payment(filed, first + each))], cancel);
            for (var each = 0; each < batch.Length; each++) paid.Add(await AfterAsync(batch[each], answers[each], cancel));
            done?.Invoke(paid.Count);
        }
        return paid;
    }

    private byte[] Payment(FiledRide filed, int number)
    {
        var (driver, rider, row) = (Drivers[number % Drivers.Count], Riders[number % Riders.Count], filed.Row.Ride!);
        // A place and a minute can tell who rode: the ledger has a salted commitment to the row, and no more of it than what is paid.
        var record = Commitment.Of(RandomNumberGenerator.GetBytes(Commitment.SaltSize), Encoding.UTF8.GetBytes(filed.Row.Text));
        var ride = new Rides.Ride(agreement, record, rider.Party, row.From, row.Until, Dollar.Of(row.Fare), Dollar.Of(row.Tip), Dollar.Of(row.Tolls), Dollar.Of(row.Total));
        var signed = StatementSigning.Sign(clerk.Door.LedgerId, driver.Key, RideCodec, ride);
        var builder = clerk.Begin(rider).Call(Rides.Contents, agreement, new Rides.Pay(signed));
        if (row.Total > 0) builder.AtMost(rider.Key.Id, Dollar.Of(row.Total));
        return builder.SignBy(rider);
    }

    private async Task<PaidRide> AfterAsync(FiledRide filed, FinalAnswer answer, CancellationToken cancel)
    {
        if (!answer.Done) return new PaidRide(filed, answer, [], default);
        var receipt = await clerk.Door.ReceiptAsync(answer.Id, Platform, cancel);
        return new PaidRide(filed, answer, receipt, ChargingNetwork.Told<Rides.Settled>(Rides.Contents, OutcomeLeaf.Read(Receipt.FromBytes(receipt).Outcomes[0].Leaf)));
    }

    private static Hash Fresh() => new(RandomNumberGenerator.GetBytes(Hash.Size));

    // How a driver's statement is written: the clause that carries it says so.
    private static Codec<Rides.Ride> RideCodec => (Codec<Rides.Ride>)Rides.Contents.ClauseOf<Rides.Pay>().ArgumentsCodec.Fields[0].Of!;
}
