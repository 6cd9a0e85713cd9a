using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A debit that is in a file, or should be.</summary>
/// <param name="Of">Under which agreement.</param>
/// <param name="Number">Which.</param>
/// <param name="Debit">As it is.</param>
public sealed record PlacedDebit(HeldCollection Of, uint Number, Debit Debit);

/// <summary>What a round of collecting came to.</summary>
/// <param name="File">The file; null where nothing was due.</param>
/// <param name="Missed">Debits that were announced and can no longer reach the bank in time, or whose mandate is gone: their creditor drops them.</param>
public sealed record CollectReport(PaymentFile? File, IReadOnlyList<PlacedDebit> Missed);

/// <summary>Puts announced debits into a file for the bank, and writes on the ledger that they were handed over, before the file is given away.</summary>
/// <param name="desk">The gateway's.</param>
public sealed class CollectJob(BankDesk desk)
{
    /// <summary>A file reaches the bank so many days of TARGET before the first collection (EPC016-06, §4.3: D − 1).</summary>
    public const int DaysBefore = 1;

    /// <summary>Makes the file of all debits that are announced for days up to one, and has them handed over in one transaction.</summary>
    /// <param name="until">The last day of collection; null for all.</param>
    /// <param name="version">Which version the bank takes.</param>
    /// <param name="keep">Keeps the file out of reach, before the ledger is told.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="InvalidOperationException">The ledger refused: nothing was handed over.</exception>
    public async Task<CollectReport> CollectAsync(Instant? until, SepaVersion version, Action<PaymentFile> keep, CancellationToken cancel)
    {
        var earliest = TargetCalendar.Plus(desk.Now.DayNumber, DaysBefore);
        var announced = Placed(await desk.CollectionsAsync(cancel)).Where(placed => placed.Debit.Stage == Stage.Announced).ToList();
        var missed = announced.Where(placed => placed.Debit.On.DayNumber < earliest || placed.Of.State.Mandate is null).ToList();
        var due = announced.Except(missed).Where(placed => until is not { } last || placed.Debit.On <= last).Take(PaymentFile.PaymentsAtMost).ToList();
        if (due.Count == 0) return new CollectReport(null, missed);
        var file = await MakeAsync(due, version, cancel);
        keep(file);
        var answer = await desk.SendAsync(transaction =>
        {
            foreach (var placed in due) transaction.Call(Collection.Contents, placed.Of.Agreement, new Collection.Present(placed.Number, file.Hash));
        }, cancel);
        return answer.Status == SubmissionStatus.Done ? new CollectReport(file, missed)
            : throw new InvalidOperationException($"The ledger did not take the file: {RefusalText.Sentence(Keten.Contracts.BuiltIn.Catalogue, answer.Refusal)} Nothing was handed over.");
    }

    /// <summary>Makes a file again that was handed over, byte for byte; null where there is none under that message id.</summary>
    public async Task<PaymentFile?> AgainAsync(string messageId, CancellationToken cancel)
    {
        var placed = OfFile(await desk.CollectionsAsync(cancel), messageId);
        if (placed.Count == 0) return null;
        foreach (var version in Enum.GetValues<SepaVersion>())
            if (await MakeAsync(placed, version, cancel) is { } file && file.Hash == placed[0].Debit.File) return file;
        throw new FormatException("The file does not come out as it was: an account in the vault is another.");
    }

    /// <summary>The debits of a file, by its message id.</summary>
    public static List<PlacedDebit> OfFile(IEnumerable<HeldCollection> held, string messageId) =>
        Placed(held).Where(placed => placed.Debit.File is { } file && PaymentIds.OfFile(file) == messageId).ToList();

    /// <summary>The lines of debits, with the accounts that they are from and to.</summary>
    public async Task<List<DirectDebitLine>> LinesAsync(IReadOnlyList<PlacedDebit> placed, CancellationToken cancel)
    {
        var lines = new List<DirectDebitLine>(placed.Count);
        foreach (var (of, number, debit) in placed)
        {
            var id = PaymentIds.OfDebit(desk.Ledger, of.Agreement, number);
            lines.Add(new DirectDebitLine(
                id, of.Money.Cents(debit.Amount), debit.On, debit.Sequence, debit.Under, await desk.AccountAsync(debit.PayTo, cancel), await desk.AccountAsync(debit.Under.Account, cancel), id));
        }
        return lines;
    }

    private static IEnumerable<PlacedDebit> Placed(IEnumerable<HeldCollection> held) => held.SelectMany(of => of.Debits.Select(debit => new PlacedDebit(of, debit.Key, debit.Value)));

    // Made when the newest of them was announced: what the ledger knows, and no clock says otherwise later.
    private async Task<PaymentFile> MakeAsync(IReadOnlyList<PlacedDebit> placed, SepaVersion version, CancellationToken cancel)
    {
        var lines = await LinesAsync(placed, cancel);
        return DirectDebitFile.Make(lines, placed.Max(each => each.Debit.AnnouncedAt), lines.MinBy(line => line.EndToEndId, StringComparer.Ordinal)!.Creditor.Name, version);
    }
}
