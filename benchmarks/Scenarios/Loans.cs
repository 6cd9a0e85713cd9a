using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Contracts.Financing;
using Keten.Kernel;

namespace Keten.Bench.Scenarios;

/// <summary>
/// The monthly run of many loans in the kernel, on one core, with the roots of the checkpoints: each instalment falls due by a wake-up, interest is worked out, the money is collected under the
/// mandate, and the next wake-up is set. What the lender has then must be what the plans say, to the cent.
/// </summary>
internal static class Loans
{
    private const int Parties = 10_000;
    private const int AnHour = 3_600;

    private static readonly Unit Euro = new(1);

    private static readonly Plan[] Plans =
    [
        new(Euro.Of(1_000_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 60, Euro.Of(0), null),
        new(Euro.Of(2_400_000), new Rate(45_000), DayCount.Actual365, Repayment.Linear, 48, Euro.Of(0), null),
        new(Euro.Of(3_000_000), new Rate(39_900), DayCount.Actual365, Repayment.Annuity, 36, Euro.Of(1_200_000), null),
    ];

    private static readonly LoanTerms Terms = new(14, new ArrearsTerms(new Rate(91_250), 14, Euro.Of(500), 60), new Rate(10_000), new Rate(5_000));

    public static async Task MeasureAsync(Run run)
    {
        var each = run.Pick(10, 100, 100);
        var count = Parties * each;
        using var fleet = new Fleet(Parties);
        var ledger = new LocalLedger(fleet.Bank.Public);
        await fleet.FoundAsync(ledger.Ledger.Id, ledger.DoAsync);
        ledger.Root();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        run.Say(FormattableString.Invariant($"{count:#,0} loans are agreed and drawn"));
        await fleet.LendAsync(each, Plans, Terms, some =>
        {
            ledger.Do(some);
            ledger.Root();
            return Task.CompletedTask;
        });
        run.Add("contracts", "", count);
        run.Add("bytesPerContract", "B", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count);
        var first = (Loan)ledger.Ledger.State.Agreement(2)!.State;
        for (var month = 1; month <= (run.Options.RoundsAsked ?? 2); month++)
        {
            var had = Lender(ledger, fleet);
            var (seconds, allocated) = Month(ledger, count);
            if (Lender(ledger, fleet) - had != Expected(month, each, first.Debt.Drawn)) throw new InvalidOperationException("The lender does not have what the plans say.");
            run.Add("seconds", "s", seconds);
            run.Add("instalmentsPerSecond", "/s", count / seconds);
            run.Add("allocatedPerInstalment", "B", allocated / (double)count);
            run.Say(FormattableString.Invariant($"month {month}: {seconds:0.0} s"));
        }
        run.Note("After each month the lender has what the plans say, to the cent.");
    }

    // Blocks without content, as ticks are. Only those count in which something fell due.
    private static (double Seconds, long Allocated) Month(LocalLedger ledger, int count)
    {
        var (done, ticks, allocated) = (0, 0L, 0L);
        while (done < count)
        {
            var entry = ledger.Next([]);
            var (began, bytes) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            var block = ledger.Execute(entry);
            _ = block.Checkpoint?.Root;
            var fell = block.Outcomes.Calls.Count;
            done += fell;
            if (fell == 0)
            {
                ledger.Pass(AnHour);
                continue;
            }
            ticks += Stopwatch.GetTimestamp() - began;
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
        }
        return (ticks / (double)Stopwatch.Frequency, allocated);
    }

    private static long Lender(LocalLedger ledger, Fleet fleet) => ledger.Ledger.State.Balance(Party.Of(fleet.Bank.Id), Euro);

    private static long Expected(int month, int each, Instant drawn)
    {
        var sum = 0L;
        for (var loan = 0; loan < each; loan++)
        {
            var line = Plans[loan % Plans.Length].Table(drawn)[month - 1];
            sum += line.Interest.Minor + line.Principal.Minor;
        }
        return sum * Parties;
    }
}
