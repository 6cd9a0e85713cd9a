using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Banking;
using Keten.Contracts.Machines;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs;

/// <summary>
/// A machine that is paid by use, on a ledger of its own whose months pass in seconds: three months of work by the rows of a file, one in which nothing is made, and notice. Bank and insurer have their
/// shares, and are shown what they were granted.
/// </summary>
internal sealed class MachineDemo : IDisposable
{
    private const int Busy = 3;
    private const uint Hour = 3_600;
    private const string Password = "demo";

    // In the first month; and when, in the third, the user has money again.
    private const int Doubled = 10, Backward = 20, PaidInAt = 30;

    private static readonly TimeSpan WaitAtMost = TimeSpan.FromSeconds(60);

    private readonly NodeHost host;
    private readonly ShiftedClock clock;
    private readonly IReadOnlyList<MachineRow> rows;
    private readonly HttpDoor door;
    private readonly List<(string What, string Reason)> refused = [];
    private readonly List<(int Pieces, long Minutes, int Failures)> months = [];
    private Counter last;
    private int services;

    private MachineDemo(NodeHost host, ShiftedClock clock, IReadOnlyList<MachineRow> rows)
    {
        (this.host, this.clock, this.rows) = (host, clock, rows);
        door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        World = new MachineWorld(door, clock);
    }

    /// <summary>When the demonstration's time begins.</summary>
    public static Instant Begins { get; } = new CalendarDate(2026, 1, 1).Begin;

    /// <summary>Who plays.</summary>
    public MachineWorld World { get; }

    /// <summary>Enrols everybody, and has them agree.</summary>
    public static async Task<MachineDemo> FoundAsync(NodeHost host, ShiftedClock clock, IReadOnlyList<MachineRow> rows, CancellationToken cancel)
    {
        var demo = new MachineDemo(host, clock, rows);
        await demo.World.FoundAsync(cancel);
        return demo;
    }

    /// <summary>Leaves the keys of those who read something, for the commands in another terminal.</summary>
    public void KeepKeys(DirectoryInfo folder)
    {
        PrivateFiles.Write(Path.Combine(folder.FullName, "password"), Password + "\n");
        foreach (var actor in new[] { World.Owner, World.User, World.Bank, World.Insurer }) new KeyFolder(Path.Combine(folder.FullName, "keys")).Keep(actor.Name, actor.Key, Password);
    }

    /// <summary>All of it, and what it came to.</summary>
    /// <param name="done">Told how many of the rows are through.</param>
    /// <param name="cancel">Ends it half-way.</param>
    public async Task<JsonObject> RunAsync(Action<int> done, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var shifts = MachineShift.Of(rows);
        var month = Month.From(Begins, MachineWorld.Euro(0).Unit);
        for (var each = 0; each < Busy; each++)
        {
            await WorkAsync(each, month, shifts[(each * shifts.Count / Busy)..((each + 1) * shifts.Count / Busy)], done, cancel);
            month = Month.From(month.Ends, MachineWorld.Euro(0).Unit);
        }
        // Nothing is made for a month; on the first of the next the user leaves.
        clock.MoveTo(month.Ends.Plus(Hour));
        await World.LeaveAsync(cancel);
        clock.MoveTo(month.Ends.PlusDays(World.Terms.DaysOfNotice).Plus(2 * Hour));
        await UntilAsync(ledger => ledger.State.Agreement(World.Use.Number) is { Ended: true }, cancel);
        clock.MoveTo(Month.From(month.Ends, MachineWorld.Euro(0).Unit).Ends.Plus(2 * Hour));
        await UntilAsync(ledger => ledger.State.Agreement(World.InsurersFeed.Number) is { Ended: true } && ledger.State.Agreement(World.BanksFeed.Number) is { Ended: true }, cancel);
        return await ReportAsync(watch, cancel);
    }

    public void Dispose() => door.Dispose();

    private async Task WorkAsync(int place, Month month, List<MachineShift> shifts, Action<int> done, CancellationToken cancel)
    {
        var (pieces, minutes, failures, each) = (0, 0L, 0, 0);
        foreach (var shift in shifts)
        {
            clock.MoveTo(month.Began.Plus((month.Ends - month.Began) * (each + 1) / (shifts.Count + 1)));
            var counter = new Counter(
                last.Number + 1, clock.Now, last.Pieces + shift.Pieces, last.Seconds + shift.Minutes * 60, last.Down + shift.Failures * Hour, last.Failures + shift.Failures);
            var reading = World.Sign(counter, new Condition(shift.Wear, shift.Strain));
            Must(await World.CountAsync(reading, cancel));
            last = counter;
            if (place == 0 && each == Doubled) Refused("a reading that was handed in twice", await World.CountAsync(reading, cancel));
            if (place == 0 && each == Backward)
                Refused("a reading that runs back", await World.CountAsync(World.Sign(counter with { Number = counter.Number + 1, Pieces = counter.Pieces - 5 }, default), cancel));
            if (shift.ToolChanged && (await World.StateAsync(cancel)).Upkeep.Called is not null) await World.ServeAsync($"service {++services}", cancel);
            if (place == Busy - 1 && each == PaidInAt)
            {
                await World.IssueAsync(MachineWorld.Later, cancel);
                await World.CollectAsync(cancel);
            }
            (pieces, minutes, failures, each) = (pieces + (int)shift.Pieces, minutes + shift.Minutes, failures + (int)shift.Failures, each + 1);
            done((int)last.Pieces);
        }
        months.Add((pieces, minutes, failures));
    }

    private async Task<JsonObject> ReportAsync(Stopwatch watch, CancellationToken cancel)
    {
        var state = await World.StateAsync(cancel);
        var bills = (await World.RowsAsync<Bill>(World.Owner, MachineUse.Contents, World.Use.Number, cancel))!;
        var (known, verified) = (new KnownCertificates(host.Node.Genesis), 0);
        foreach (var (id, by) in World.Decided)
            if (ReceiptVerdict.Of(await door.ReceiptAsync(id, by, cancel), known) is { Holds: true, Receipt: { } receipt } && receipt.Transaction.Id == id) verified++;
        var recount = await CertifiedRecount.OfAsync(host.Node, new AccountKey(World.Owner.Party, MachineWorld.Euro(0).Unit, default), cancel);
        var sum = (long)recount.Sums.GetValueOrDefault(MachineWorld.Euro(0).Unit);
        var credited = bills.Sum(bill => bill.Credit.Minor);
        var holds = verified == World.Decided.Count && sum == 0 && refused.Count == 2 && CountsHold(bills) && PricesHold(bills) && SharesHold(state, bills) && await FeedsHoldAsync(bills, cancel);
        return new JsonObject
        {
            ["months"] = bills.Count, ["pieces"] = bills.Sum(bill => (long)bill.Month.Pieces), ["hours"] = Math.Round(bills.Sum(bill => (long)bill.Month.Seconds) / (decimal)Hour, 2),
            ["settled"] = AmountText.Write(state.Dues.Paid.Minor, 2), ["currency"] = "EUR", ["toBank"] = AmountText.Write(Balance(World.Bank), 2), ["toInsurer"] = AmountText.Write(Balance(World.Insurer), 2),
            ["credited"] = AmountText.Write(credited, 2), ["owed"] = AmountText.Write(state.Dues.Owed.Minor, 2), ["services"] = services,
            ["refused"] = new JsonArray([.. refused.Select(each => (JsonNode)new JsonObject { ["what"] = each.What, ["reason"] = each.Reason })]),
            ["receiptsVerified"] = verified, ["accountsSum"] = AmountText.Write(sum, 2), ["seconds"] = Math.Round(watch.Elapsed.TotalSeconds, 1), ["holds"] = holds,
        };
    }

    // What was settled is what the rows say, month by month; then one in which nothing was made, and the part of one.
    private bool CountsHold(List<Bill> bills) => bills.Count == Busy + 2 && !bills.Where((bill, place) =>
    {
        var (pieces, minutes, failures) = place < Busy ? months[place] : default;
        return (bill.Month.Pieces, bill.Month.Seconds, bill.Month.Down) != ((uint)pieces, (uint)minutes * 60, (uint)failures * Hour);
    }).Any() && bills.Sum(bill => (long)bill.Month.Pieces) == rows.Count;

    // The prices of the terms once more, in decimals: none of these months needs more than one rounding.
    private static bool PricesHold(List<Bill> bills) => bills.TrueForAll(bill =>
    {
        var (pieces, hours) = ((decimal)bill.Month.Pieces, bill.Month.Seconds / (decimal)Hour);
        var use = Math.Min(pieces, 1_000) * 90 + Math.Max(pieces - 1_000, 0) * 75 + Math.Round(hours * 1_200, MidpointRounding.ToEven);
        var minimum = Math.Round(120_000m * (bill.Until - bill.Month.Began) / bill.Month.Length, MidpointRounding.ToEven);
        var credit = bill.Month.Down / (decimal)Hour * 600 + bill.Month.Late.Minor;
        return bill.Cost.Minor == Math.Max(use, minimum) && bill.Credit.Minor == Math.Min(credit, bill.Cost.Minor);
    });

    private bool SharesHold(MachineUse state, List<Bill> bills)
    {
        var paid = bills.Sum(bill => bill.Due.Minor);
        var (bank, insurer) = (Math.Min(paid * 40 / 100, 240_000), paid * 6 / 100);
        return state.Dues is { Owed.IsZero: true } && state.Dues.Paid.Minor == paid && Balance(World.Bank) == bank && Balance(World.Insurer) == insurer
            && Balance(World.Owner) == paid - bank - insurer && Balance(World.User) == MachineWorld.AtFirst + MachineWorld.Later - paid;
    }

    // Each reads its slice of every month, and nothing of the agreement behind it.
    private async Task<bool> FeedsHoldAsync(List<Bill> bills, CancellationToken cancel)
    {
        foreach (var reader in new[] { World.Bank, World.Insurer })
            if (await World.As(reader).AgreementAsync(World.Use.Number, cancel) is not null || await World.RowsAsync<Bill>(reader, MachineUse.Contents, World.Use.Number, cancel) is not null) return false;
        if (await World.RowsAsync<UsageFeed.Seen>(World.Bank, UsageFeed.Contents, World.InsurersFeed.Number, cancel) is not null) return false;
        var bank = await World.RowsAsync<UsageFeed.Seen>(World.Bank, UsageFeed.Contents, World.BanksFeed.Number, cancel);
        var insurer = await World.RowsAsync<UsageFeed.Seen>(World.Insurer, UsageFeed.Contents, World.InsurersFeed.Number, cancel);
        return bank is not null && bank.SequenceEqual(bills.Select(bill => new UsageFeed.Seen(bill.Until, null, bill.Month.Seconds, null, null, bill.Due)))
            && insurer is not null && insurer.SequenceEqual(bills.Select(bill => new UsageFeed.Seen(bill.Until, null, bill.Month.Seconds, bill.Month.Down, bill.Month.Services, null)));
    }

    private async Task UntilAsync(Func<Ledger, bool> isSo, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (!host.Node.Read(isSo))
        {
            if (watch.Elapsed > WaitAtMost) throw new InvalidOperationException("The ledger's time did not follow.");
            await Task.Delay(20, cancel);
        }
    }

    private static void Must(FinalAnswer answer)
    {
        if (!answer.Done) throw new InvalidOperationException($"A reading that had to be counted was refused: {answer.Reason}");
    }

    private void Refused(string what, FinalAnswer answer)
    {
        if (!answer.Done) refused.Add((what, answer.Reason));
    }

    private long Balance(Actor of) => host.Node.Read(ledger => ledger.State.Balance(of.Party, MachineWorld.Euro(0).Unit));
}
