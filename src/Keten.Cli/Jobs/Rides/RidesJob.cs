using System.Diagnostics;
using Keten.Connectors.Rides;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;

namespace Keten.Cli.Jobs;

/// <summary>
/// Settles files of taxi rides on a new ledger: drivers sign, riders pay, and fare, tip, tolls and the rest go each to its own; then accounts are recounted and receipts checked by a process that
/// has nothing else (docs/contracts/rides.md).
/// </summary>
public static class RidesJob
{
    /// <summary>Settles.</summary>
    /// <param name="folder">Where the ledger is to be; empty or not there.</param>
    /// <param name="files">The files' names and texts.</param>
    /// <param name="done">Told how many rides are through.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static async Task<RidesReport> RunAsync(SettleFolder folder, IEnumerable<(string Name, TextReader Text)> files, Action<int>? done = null, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        var (rides, refused) = (new List<FiledRide>(), new List<RefusedRide>());
        foreach (var (name, text) in files)
            foreach (var row in RideCsv.Read(text))
                if (row.Ride is null) refused.Add(new RefusedRide(name, row.Line, row.Refusal.ToString()));
                else rides.Add(new FiledRide(name, row));
        RideBalances balances;
        StateRecount recount;
        List<PaidRide> paid;
        Genesis genesis;
        var node = await folder.BeginAsync(cancel: cancel);
        await using (node)
        {
            genesis = node.Genesis;
            using var documents = folder.OpenDocuments();
            var payments = await RidePayments.FoundAsync(new Clerk(new NodeDoor(node, documents)), rides, cancel);
            PrivateFiles.Keep(folder.Keys, [.. payments.Everybody]);
            paid = await payments.PayAsync(rides, done, cancel);
            recount = await CertifiedRecount.OfAsync(node, new AccountKey(payments.Platform.Party, new Unit(1), default), cancel);
            balances = Balances(node, payments);
        }
        foreach (var ride in paid)
            if (!ride.Answer.Done) refused.Add(new RefusedRide(ride.Filed.File, ride.Filed.Row.Line, ride.Answer.Reason));
        var settled = paid.FindAll(ride => ride.Answer.Done);
        var receipts = await folder.VerifyAwayAsync(genesis, settled.ConvertAll(ride => ride.Receipt), cancel);
        return RidesReport.Of(settled, rides.Sum(ride => ride.Row.Ride!.Total), refused, balances, recount, receipts, watch.Elapsed.TotalSeconds);
    }

    private static RideBalances Balances(LedgerNode node, RidePayments payments) => node.Read(ledger =>
    {
        long Of(params IEnumerable<Actor> actors) => actors.Sum(actor => (long)ledger.State.Balance(actor.Party, new Unit(1)));
        return new RideBalances(Of(payments.Drivers), Of(payments.Platform), Of(payments.Road), Of(payments.Surcharges), Of(payments.Riders));
    });
}

/// <summary>What each has at the end, as the ledger's accounts say, in cents.</summary>
/// <param name="Drivers">All of them.</param>
/// <param name="Platform">The commissions.</param>
/// <param name="TollRoad">The tolls.</param>
/// <param name="Surcharges">What the totals hold beyond fare, tip and tolls.</param>
/// <param name="Riders">What is left with those whose rides were refused.</param>
public sealed record RideBalances(long Drivers, long Platform, long TollRoad, long Surcharges, long Riders);
