using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts;
using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>
/// Posts on the ledger what a bank's file says. What has been posted before is known again and left alone, so that a file can be read as often as one likes; what nothing on the ledger
/// asked for is left to a person.
/// </summary>
public sealed partial class AnswerJob
{
    private const string Currency = "EUR";
    private readonly BankDesk desk;
    private readonly CancellationToken cancel;
    private readonly Dictionary<string, PlacedDebit> debits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HeldPayouts Of, Hash Redemption, Payouts.Payout Order)> payouts = new(StringComparer.Ordinal);
    private readonly List<AnswerLine> lines = [];
    private List<HeldCollection> held = [];

    private AnswerJob(BankDesk desk, CancellationToken cancel) => (this.desk, this.cancel) = (desk, cancel);

    /// <summary>Reads a whole file, and then posts what it says.</summary>
    /// <param name="desk">The gateway's, who issues the money.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancel">Ends it between two postings.</param>
    /// <exception cref="SepaFileException">It cannot be read: nothing was posted.</exception>
    public static Task<AnswerReport> RunAsync(BankDesk desk, Stream file, CancellationToken cancel) => new AnswerJob(desk, cancel).RunAsync(BankFileReader.Read(file).ToList());

    private async Task<AnswerReport> RunAsync(List<BankFact> facts)
    {
        held = await desk.CollectionsAsync(cancel);
        foreach (var of in held)
            foreach (var (number, debit) in of.Debits) debits.Add(PaymentIds.OfDebit(desk.Ledger, of.Agreement, number), new PlacedDebit(of, number, debit));
        foreach (var of in await desk.PayoutsAsync(cancel))
            foreach (var (redemption, order) in of.Orders) payouts.Add(PaymentIds.OfPayout(desk.Ledger, redemption), (of, redemption, order));
        // What is said of one payment goes before what is said of its group, and that before what is said of the whole message.
        foreach (var status in facts.OfType<PaymentStatus>().OrderBy(status => status.EndToEndId is not null ? 0 : status.PaymentInformationId is not null ? 1 : 2)) await StatusAsync(status);
        foreach (var entry in facts.OfType<BankEntry>()) await EntryAsync(entry);
        return new AnswerReport(facts.FirstOrDefault()?.Message ?? "", facts.FirstOrDefault()?.MessageId ?? "", lines);
    }

    private async Task StatusAsync(PaymentStatus status)
    {
        var paying = status.EndToEndId is { } id ? payouts.ContainsKey(id) ? [id] : [] : PayoutsOf(status.PaymentInformationId ?? status.OriginalMessageId);
        foreach (var payout in paying)
        {
            if (status.IsRejected && payouts[payout].Order.Stage != PayoutStage.CameBack)
                await CameBackAsync(payout, ReasonCodes.Of(status.Reason), Hash.Of(System.Text.Encoding.UTF8.GetBytes(status.MessageId + "\n" + payout)));
            else Say("known", payout, 0, status.Status);
        }
        if (paying.Count > 0) return;
        var about = status.EndToEndId is { } one ? debits.ContainsKey(one) ? [one] : [] : await OfGroupAsync(status.PaymentInformationId ?? status.OriginalMessageId);
        if (about.Count == 0) Say("unmatched", status.EndToEndId ?? status.OriginalMessageId, 0, status.Reason ?? status.Status);
        foreach (var each in about) await StatusAsync(each, status);
    }

    private async Task StatusAsync(string id, PaymentStatus status)
    {
        var placed = debits[id];
        if (status.IsRejected && placed.Debit.IsAtBank) await UndoAsync(id, ReasonCodes.Of(status.Reason), "", placed.Debit.On);
        else if (status.IsTakenIn && placed.Debit.Stage == Stage.Presented) await PostAsync("takenIn", id, placed.Of.Money.Cents(placed.Debit.Amount), null,
            transaction => transaction.Call(Collection.Contents, placed.Of.Agreement, new Collection.TakeIn(placed.Number)), () => Move(id, Stage.Accepted));
        else if (status.EndToEndId is not null || status.IsTakenIn) Say("known", id, placed.Of.Money.Cents(placed.Debit.Amount), status.Status);
    }

    private async Task UndoAsync(string id, string reason, string entryCode, Instant on)
    {
        var (of, number, debit) = debits[id];
        if (debit.Stage > Stage.Settled || debit.Stage == Stage.Announced)
        {
            Say(debit.Stage == Stage.Announced ? "unmatched" : "known", id, of.Money.Cents(debit.Amount), reason);
            return;
        }
        var settled = debit.Stage == Stage.Settled;
        var how = settled ? ReasonCodes.After(reason, entryCode, debit.Under.Scheme) : ReasonCodes.Before(reason);
        var undo = new Collection.Undo(number, how, reason, on);
        // With what the bank has taken as much e-money goes; where the creditor has not left it and the gateway neither, that waits.
        var posted = await TryAsync(transaction =>
        {
            transaction.Call(Collection.Contents, of.Agreement, undo);
            if (settled) transaction.Call(EMoney.Contents, of.Money.Issuing, new EMoney.Redeem(desk.Gateway, debit.Amount, Hash.Of(System.Text.Encoding.UTF8.GetBytes(id)))).AtMost(desk.Key.Id, debit.Amount);
        });
        var lacking = settled && posted.Refusal == KernelRefusal.InsufficientFunds.Number;
        if (lacking) posted = await TryAsync(transaction => transaction.Call(Collection.Contents, of.Agreement, undo));
        Told("undone", id, of.Money.Cents(debit.Amount), reason, posted, () => Move(id, (Stage)how));
        if (lacking && posted.Status == SubmissionStatus.Done) Say("refused", id, of.Money.Cents(debit.Amount), "The creditor has not left what the bank took, nor has the gateway: its e-money is to be redeemed once it is recovered.");
    }

    private Task CameBackAsync(string id, string reason, Hash entry)
    {
        var (of, redemption, order) = payouts[id];
        if (order.Stage == PayoutStage.CameBack)
        {
            Say("known", id, 0, reason);
            return Task.CompletedTask;
        }
        return PostAsync("cameBack", id, 0, reason, transaction =>
        {
            transaction.Call(Payouts.Contents, of.Agreement, new Payouts.ComeBack(redemption, reason));
            transaction.Call(EMoney.Contents, of.State.Money, new EMoney.Issue(order.Holder, order.Amount, entry));
        }, () => payouts[id] = (of, redemption, order with { Stage = PayoutStage.CameBack }));
    }

    // The debits of a message or of a group in it, whichever its id is of; by their ids.
    private async Task<List<string>> OfGroupAsync(string? id)
    {
        var message = id?.Split('-')[0];
        var placed = message is null ? [] : CollectJob.OfFile(held, message);
        if (placed.Count == 0) return [];
        var groups = DirectDebitFile.GroupsOf(await new CollectJob(desk).LinesAsync(placed, cancel));
        if (id == message) return [.. groups.SelectMany(group => group).Select(line => line.EndToEndId)];
        return int.TryParse(id![(message!.Length + 1)..], out var number) && number > 0 && number <= groups.Count ? groups[number - 1].ConvertAll(line => line.EndToEndId) : [];
    }

    private List<string> PayoutsOf(string? id) => [.. payouts.Where(payout => PaymentIds.IsOfFile(id, payout.Value.Order.File)).Select(payout => payout.Key).Order(StringComparer.Ordinal)];

    private void Move(string id, Stage stage) => debits[id] = debits[id] with { Debit = debits[id].Debit with { Stage = stage } };

    private async Task PostAsync(string what, string payment, long cents, string? reason, Action<TransactionBuilder> calls, Action? done = null) =>
        Told(what, payment, cents, reason, await TryAsync(calls), done);

    private Task<Submission> TryAsync(Action<TransactionBuilder> calls)
    {
        cancel.ThrowIfCancellationRequested();
        return desk.SendAsync(calls, cancel);
    }

    private void Told(string what, string payment, long cents, string? reason, Submission posted, Action? done)
    {
        if (posted.Status == SubmissionStatus.Done)
        {
            Say(what, payment, cents, reason);
            done?.Invoke();
        }
        else if (posted.Refusal == Code(EMoney.Contents, EMoney.IssuedAlready) || posted.Refusal == Code(Collection.Contents, Collection.CountedAlready))
        {
            Say("known", payment, cents, reason);
        }
        else
        {
            Say("refused", payment, cents, RefusalText.Sentence(BuiltIn.Catalogue, posted.Refusal));
        }
    }

    private void Say(string what, string payment, long cents, string? reason) => lines.Add(new AnswerLine(what, payment, cents, reason));

    private static uint Code(Contract contract, IRefusal refusal) => (uint)contract.Code << 16 | refusal.Number;
}
