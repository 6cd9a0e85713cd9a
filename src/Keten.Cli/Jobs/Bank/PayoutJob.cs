using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts;
using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Pays out at the bank what holders of e-money gave back: puts it into a file, and writes on the ledger that it was handed over.</summary>
/// <param name="desk">The gateway's, who issues the money.</param>
public sealed class PayoutJob(BankDesk desk)
{
    private const string Words = "E-money given back";

    /// <summary>Makes the file of all that was given back and not yet handed over; null where there is nothing.</summary>
    /// <param name="unit">Of which money.</param>
    /// <param name="from">Commitment to the gateway's own account.</param>
    /// <param name="instant">Whether by instant credit transfers.</param>
    /// <param name="version">Which version the bank takes.</param>
    /// <param name="keep">Keeps the file out of reach, before the ledger is told.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="InvalidOperationException">The ledger refused: nothing was handed over.</exception>
    public async Task<PaymentFile?> PayAsync(Unit unit, Hash from, bool instant, SepaVersion version, Action<PaymentFile> keep, CancellationToken cancel)
    {
        var money = await desk.MoneyAsync(unit, cancel);
        var register = await RegisterAsync(money.Issuing, cancel);
        var open = new SortedDictionary<Hash, Payouts.Payout>();
        await foreach (var told in desk.EventsAsync(money.Issuing.Number, "EMoney.Redeemed", cancel))
        {
            var redeemed = NodeRecords.Read<EMoney.Redeemed>(EMoney.Contents.Events.Single(kind => kind.EventCodec is Codec<EMoney.Redeemed>).EventCodec, told["content"]);
            if (!Hash.TryParse((string?)told["transaction"], out var transaction) || !MomentText.TryParse((string?)told["time"], out var at)) continue;
            var redemption = PaymentIds.RedemptionOf(transaction, (string)told["event"]!);
            // What the gateway itself gives back went with a debit that came back: the bank has taken it already.
            if (redeemed.Holder == desk.Gateway || register.Orders.ContainsKey(redemption) || open.Count == PaymentFile.PaymentsAtMost) continue;
            open.Add(redemption, new Payouts.Payout(redeemed.Holder, redeemed.Amount, redeemed.PayTo, from, at, instant, default, PayoutStage.HandedOver, ""));
        }
        if (open.Count == 0) return null;
        var file = await MakeAsync(open, money, version, cancel);
        keep(file);
        var answer = await desk.SendAsync(transaction =>
        {
            foreach (var part in open.Chunk(Payouts.AtMost))
                transaction.Call(Payouts.Contents, register.Agreement, new Payouts.HandOver(
                    new Many<Payouts.Redeemed>([.. part.Select(order => new Payouts.Redeemed(order.Key, order.Value.Holder, order.Value.Amount, order.Value.PayTo, order.Value.At))]), from, instant, file.Hash));
        }, cancel);
        return answer.Status == SubmissionStatus.Done ? file
            : throw new InvalidOperationException($"The ledger did not take the file: {RefusalText.Sentence(BuiltIn.Catalogue, answer.Refusal)} Nothing was handed over.");
    }

    /// <summary>Makes a file again that was handed over, byte for byte; null where there is none under that message id.</summary>
    public async Task<PaymentFile?> AgainAsync(string messageId, CancellationToken cancel)
    {
        foreach (var register in await desk.PayoutsAsync(cancel))
        {
            var orders = new SortedDictionary<Hash, Payouts.Payout>(register.Orders.Where(order => PaymentIds.OfFile(order.Value.File) == messageId).ToDictionary());
            if (orders.Count == 0) continue;
            var money = await desk.MoneyAsync(orders.First().Value.Amount.Unit, cancel);
            foreach (var version in Enum.GetValues<SepaVersion>())
                if (await MakeAsync(orders, money, version, cancel) is { } file && file.Hash == orders.First().Value.File) return file;
            throw new FormatException("The file does not come out as it was: an account in the vault is another.");
        }
        return null;
    }

    private async Task<PaymentFile> MakeAsync(SortedDictionary<Hash, Payouts.Payout> orders, MoneyUnit money, SepaVersion version, CancellationToken cancel)
    {
        var lines = new List<CreditTransferLine>(orders.Count);
        foreach (var (redemption, order) in orders)
            lines.Add(new CreditTransferLine(PaymentIds.OfPayout(desk.Ledger, redemption), money.Cents(order.Amount), await desk.AccountAsync(order.PayTo, cancel), Words));
        var any = orders.First().Value;
        return CreditTransferFile.Make(lines, await desk.AccountAsync(any.From, cancel), orders.Values.Max(order => order.At), any.Instant, version);
    }

    private async Task<HeldPayouts> RegisterAsync(Agreement<EMoney> issuing, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if ((await desk.PayoutsAsync(cancel)).Find(held => held.State.Money == issuing) is { } register) return register;
            var answer = await desk.SendAsync(transaction => transaction.Open(Payouts.Contents, new Payouts.Begin(desk.Gateway, issuing)), cancel);
            if (answer.Status != SubmissionStatus.Done) throw new InvalidOperationException($"The payouts could not be begun: {RefusalText.Sentence(BuiltIn.Catalogue, answer.Refusal)}");
        }
        throw new InvalidOperationException("The payouts were begun, and the node does not show them.");
    }
}
