using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

public sealed partial class AnswerJob
{
    private async Task EntryAsync(BankEntry entry)
    {
        var name = entry.Details.Select(detail => detail.EndToEndId).FirstOrDefault(id => id is not null) ?? entry.PaymentInformationId ?? entry.Id.ToString()[..16];
        if (!entry.IsBooked || entry.Currency != Currency)
        {
            Say(entry.IsBooked ? "unmatched" : "pending", name, 0, entry.IsBooked ? entry.Currency : entry.Status);
            return;
        }
        if (entry.IsCredit) await CreditAsync(entry, name);
        else await DebitAsync(entry, name);
    }

    private async Task CreditAsync(BankEntry entry, string name)
    {
        var collected = await DebitsInAsync(entry);
        if (collected.Count > 0) await SettledAsync(entry, collected);
        for (var each = 0; each < entry.Details.Count; each++)
        {
            var detail = entry.Details[each];
            if (detail.EndToEndId is { } id && collected.Contains(id)) continue;
            var value = detail.Amount ?? (entry.Details.Count == 1 ? entry.Amount : null);
            var part = entry.Details.Count == 1 ? entry.Id : Hash.Of([.. entry.Id.ToArray(), .. BitConverter.GetBytes(each)]);
            if (detail.EndToEndId is { } payout && payouts.ContainsKey(payout)) await CameBackAsync(payout, ReasonCodes.Of(detail.Reason), part);
            else if (value is { } amount) await PaidInAsync(detail, amount, part, detail.EndToEndId ?? name);
            else Say("unmatched", detail.EndToEndId ?? name, 0, "The bank does not say how much of its entry it is.");
        }
        if (entry.Details.Count == 0 && collected.Count == 0) Say("unmatched", name, Cents(entry.Amount), entry.Code);
    }

    // Those debits that an entry books to the gateway's account: each by its id, or, where the bank tells the group alone, all of it.
    private async Task<List<string>> DebitsInAsync(BankEntry entry)
    {
        var named = entry.Details.Select(detail => detail.EndToEndId).Where(id => id is not null && debits.ContainsKey(id)).Select(id => id!).Distinct(StringComparer.Ordinal).ToList();
        return named.Count > 0 || entry.Details.Any(detail => detail.EndToEndId is not null) ? named : await OfGroupAsync(entry.PaymentInformationId);
    }

    // The bank's money is issued once, and passed on debit by debit, all in one transaction.
    private async Task SettledAsync(BankEntry entry, List<string> ids)
    {
        var open = ids.Where(id => debits[id].Debit.IsAtBank).ToList();
        foreach (var id in ids.Except(open, StringComparer.Ordinal)) Say(debits[id].Debit.Stage >= Stage.Settled ? "known" : "unmatched", id, debits[id].Of.Money.Cents(debits[id].Debit.Amount), null);
        if (open.Count == 0) return;
        var (money, sum) = (debits[open[0]].Of.Money, open.Sum(id => debits[id].Of.Money.Cents(debits[id].Debit.Amount)));
        var told = entry.Details.Where(detail => detail.EndToEndId is { } id && open.Contains(id)).Sum(detail => detail.Amount ?? 0);
        var booked = entry.Details.Count > open.Count && told > 0 ? told : entry.Amount;
        if (open.Count < ids.Count || Cents(booked) != sum || open.Any(id => debits[id].Of.Money != money))
        {
            foreach (var id in open) Say("unmatched", id, debits[id].Of.Money.Cents(debits[id].Debit.Amount), "The bank's sum is not that of the debits.");
            return;
        }
        var on = entry.BookedOn ?? debits[open[0]].Debit.On;
        var posted = await TryAsync(transaction =>
        {
            transaction.Call(EMoney.Contents, money.Issuing, new EMoney.Issue(desk.Gateway, money.Of(sum / 100m)!.Value, entry.Id));
            foreach (var id in open)
                transaction.Call(Collection.Contents, debits[id].Of.Agreement, new Collection.Settle(debits[id].Number, on, entry.Id)).AtMost(desk.Key.Id, debits[id].Debit.Amount);
        });
        foreach (var id in open) Told("settled", id, debits[id].Of.Money.Cents(debits[id].Debit.Amount), null, posted, () => Move(id, Stage.Settled));
    }

    // Money that somebody sent: for an agreement that it quotes, or for a party's account on the ledger.
    private async Task PaidInAsync(EntryDetail detail, decimal value, Hash entry, string name)
    {
        var texts = detail.Remittance.Prepend(detail.EndToEndId).ToList();
        var quoted = texts.Select(text => PaymentIds.Quoted(desk.Ledger, text)).FirstOrDefault(found => found is not null)?.Agreement;
        if (held.Find(of => of.Agreement.Number == quoted) is { } owed)
        {
            if (owed.Money.Of(value) is not { } amount) Say("unmatched", name, 0, "The amount has more decimals than the money.");
            else await PostAsync("received", name, Cents(value), null, transaction =>
            {
                transaction.Call(EMoney.Contents, owed.Money.Issuing, new EMoney.Issue(desk.Gateway, amount, entry));
                transaction.Call(Collection.Contents, owed.Agreement, new Collection.Receive(amount, entry)).AtMost(desk.Key.Id, amount);
            });
        }
        else if (texts.Select(PaymentIds.PartyIn).FirstOrDefault(found => found is not null) is { } party && await IssuedAsync() is { } money && money.Of(value) is { } amount)
        {
            await PostAsync("issued", name, Cents(value), null, transaction => transaction.Call(EMoney.Contents, money.Issuing, new EMoney.Issue(party, amount, entry)));
        }
        else
        {
            Say("unmatched", name, Cents(value), null);
        }
    }

    private async Task DebitAsync(BankEntry entry, string name)
    {
        var on = entry.BookedOn ?? new Instant(desk.Now.DayNumber * Instant.Day);
        foreach (var detail in entry.Details)
        {
            if (detail.EndToEndId is { } id && debits.ContainsKey(id)) await UndoAsync(id, ReasonCodes.Of(detail.Reason), entry.Code, on);
            else if (detail.EndToEndId is { } payout && payouts.ContainsKey(payout)) await PaidOutAsync(payout);
            else Say("unmatched", detail.EndToEndId ?? name, Cents(detail.Amount ?? entry.Amount), detail.Reason ?? entry.Code);
        }
        if (entry.Details.Count > 0) return;
        // The bank books a file's payouts as one, or takes a whole group of debits back.
        var together = PayoutsOf(entry.PaymentInformationId);
        foreach (var payout in together) await PaidOutAsync(payout);
        var back = together.Count > 0 ? [] : await OfGroupAsync(entry.PaymentInformationId);
        var whole = back.Count > 0 && back.Sum(id => debits[id].Of.Money.Cents(debits[id].Debit.Amount)) == Cents(entry.Amount);
        foreach (var id in whole ? back : []) await UndoAsync(id, ReasonCodes.NotSpecified, entry.Code, on);
        if (together.Count == 0 && !whole) Say("unmatched", name, Cents(entry.Amount), entry.Code);
    }

    private Task PaidOutAsync(string id)
    {
        var (of, redemption, order) = payouts[id];
        if (order.Stage != PayoutStage.HandedOver)
        {
            Say("known", id, 0, null);
            return Task.CompletedTask;
        }
        return PostAsync("paid", id, 0, null, transaction => transaction.Call(Payouts.Contents, of.Agreement, new Payouts.Confirm(redemption)),
            () => payouts[id] = (of, redemption, order with { Stage = PayoutStage.Paid }));
    }

    // The money that the gateway issues: that of its collections, or of its payouts.
    private async Task<MoneyUnit?> IssuedAsync()
    {
        if (held.Count > 0) return held[0].Money;
        foreach (var of in await desk.PayoutsAsync(cancel))
            if (of.Orders.Values.Select(order => (Unit?)order.Amount.Unit).FirstOrDefault() is { } unit) return await desk.MoneyAsync(unit, cancel);
        return (await desk.OwnMoneyAsync(cancel)).FirstOrDefault();
    }

    private static long Cents(decimal value) => value < long.MaxValue / 100 ? (long)decimal.Truncate(value * 100) : 0;
}
