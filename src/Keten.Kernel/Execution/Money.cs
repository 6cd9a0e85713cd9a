using System.Runtime.InteropServices;
using Keten.Kernel.State;

namespace Keten.Kernel.Execution;

/// <summary>What became of one account in one call.</summary>
/// <param name="Account">Which.</param>
/// <param name="Change">What came in, less what went out.</param>
/// <param name="Balance">What is in it now.</param>
public readonly record struct Posting(AccountKey Account, long Change, long Balance);

/// <summary>
/// Double entry: every movement of a call takes from one account what it gives to another; the sums of each account are applied once, and only when all of them hold.
/// </summary>
internal sealed class Money(LedgerState ledger)
{
    private readonly List<Entry> entries = [];
    private readonly Dictionary<AccountKey, int> places = [];
    private readonly List<Collection> collections = [];
    private readonly Dictionary<(Party Payer, Unit Unit), int> collectionOf = [];
    private readonly List<Instant> lots = [];

    /// <summary>Checks and applies the movements of a draft for an agreement (0: a kernel call). Undoing what was written on the way is the caller's, by the marks.</summary>
    public KernelRefusal? Apply(List<Movement> movements, ulong agreement, Authority authority)
    {
        entries.Clear();
        places.Clear();
        collections.Clear();
        collectionOf.Clear();
        foreach (var movement in movements)
            if (Apply(movement, agreement, authority) is { } refusal) return refusal;
        return ChargeMandates(agreement, authority) ?? Write(agreement);
    }

    /// <summary>Adds what became of each account to a list, in the order in which they were first touched.</summary>
    public void Report(List<Posting> postings)
    {
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(entries)) postings.Add(new Posting(entry.Key, (long)entry.Change, (long)(entry.Before + entry.Change)));
    }

    /// <summary>Sets or takes away a mandate. Its whole ceiling counts against the cap of the party who gives it, now.</summary>
    public KernelRefusal? Apply(MandateChange change, ulong agreement, Authority authority)
    {
        var key = new MandateKey(change.Payer, agreement, change.Unit);
        if (change.Mandate is not { } mandate)
        {
            ledger.Mandates.Remove(key);
            return null;
        }
        if (mandate.Each.Unit != mandate.InAll.Unit || ledger.Units.Get(mandate.InAll.Unit) is null) return KernelRefusal.UnknownUnit;
        if (mandate.Each.Minor <= 0 || mandate.InAll.Minor <= 0) return KernelRefusal.NegativeAmount;
        if (mandate.Each.Minor >= Amount.Limit || mandate.InAll.Minor >= Amount.Limit) return KernelRefusal.AmountOverflow;
        if (mandate.Until <= ledger.Now || mandate.Until > Instant.Last) return KernelRefusal.OverMandate;
        if (!authority.IsChargeable(change.Payer)) return KernelRefusal.NotChargeable;
        if (authority.Charge(change.Payer, mandate.InAll) is { } refusal) return refusal;
        ledger.Mandates.Set(key, new MandateRecord(mandate.Each.Minor, mandate.InAll.Minor, mandate.Until));
        return null;
    }

    /// <summary>Sets how far below nothing an account may go.</summary>
    public KernelRefusal? Apply(LimitChange change, ulong agreement)
    {
        if (ledger.Units.Get(change.Limit.Unit)?.Issuer != agreement) return KernelRefusal.NotTheIssuer;
        if (!ledger.Parties.Contains(change.Party)) return KernelRefusal.UnknownParty;
        if (change.Limit.Minor is < 0 or >= Amount.Limit) return KernelRefusal.NegativeAmount;
        var key = new AccountKey(change.Party, change.Limit.Unit, default);
        Keep(key, ledger.Accounts.Get(key) with { Credit = change.Limit.Minor });
        return null;
    }

    private KernelRefusal? Apply(in Movement movement, ulong agreement, Authority authority)
    {
        var amount = movement.Amount;
        if (ledger.Units.Get(amount.Unit) is not { } unit) return KernelRefusal.UnknownUnit;
        if (movement.Kind == MovementKind.Sweep) return unit.Issuer == agreement ? Sweep(movement) : KernelRefusal.NotTheIssuer;
        if (amount.Minor < 0 || movement.From.IsNone || movement.To.IsNone) return KernelRefusal.NegativeAmount;
        if (amount.Minor >= Amount.Limit) return KernelRefusal.AmountOverflow;
        if (amount.Minor == 0) return null;
        if (movement.To.Party is { } to && ledger.Parties.Get(to) is null) return KernelRefusal.UnknownParty;
        if (Permit(movement, unit, agreement, authority) is { } refusal) return refusal;
        if (movement.Kind == MovementKind.Issue)
        {
            if (movement.Until != default && (!unit.Rules.HasFlag(UnitRules.Expires) || movement.Until <= ledger.Now || movement.Until > Instant.Last)) return KernelRefusal.NotTheIssuer;
            Add(new AccountKey(movement.From, amount.Unit, default), -amount.Minor);
            Add(new AccountKey(movement.To, amount.Unit, movement.Until), amount.Minor);
            return null;
        }
        return Take(movement, unit);
    }

    private KernelRefusal? Permit(in Movement movement, UnitRecord unit, ulong agreement, Authority authority)
    {
        var ofIssuer = unit.Issuer == agreement && agreement != 0;
        if (movement.Kind != MovementKind.Pay && !ofIssuer) return KernelRefusal.NotTheIssuer;
        if (movement.Kind == MovementKind.TakeBack) return unit.Rules.HasFlag(UnitRules.TakenBack) ? null : KernelRefusal.NotTheIssuer;
        if (movement.Kind == MovementKind.Issue) return null;
        if (movement.Kind == MovementKind.Pay && unit.Rules.HasFlag(UnitRules.Personal) && !ofIssuer) return KernelRefusal.NotTheIssuer;
        // Out of what the agreement holds: its own decision. Its own unit it issues, and does not hold.
        if (movement.From == Owner.Of(agreement) && agreement != 0) return ofIssuer ? KernelRefusal.NotTheIssuer : null;
        if (movement.From.Party is not { } payer) return KernelRefusal.NotChargeable;
        if (authority.IsChargeable(payer)) return authority.Charge(payer, movement.Amount);
        Collect(payer, movement.Amount);
        return null;
    }

    // What a call takes from a payer under a mandate is one sum, however many movements it is made of.
    private void Collect(Party payer, Amount amount)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(collectionOf, (payer, amount.Unit), out var known);
        if (!known)
        {
            place = collections.Count;
            collections.Add(new Collection(payer, amount.Unit, 0));
        }
        CollectionsMarshal.AsSpan(collections)[place].Sum += amount.Minor;
    }

    private KernelRefusal? ChargeMandates(ulong agreement, Authority authority)
    {
        // A mandate ends with the agreement that it was given to, whose corrections still run.
        if (collections.Count > 0 && (agreement == 0 || ledger.Agreements.Get(agreement) is not { Ended: false })) return KernelRefusal.NotChargeable;
        foreach (var (payer, unit, sum) in collections)
        {
            var key = new MandateKey(payer, agreement, unit);
            if (!ledger.Mandates.TryGet(key, out var mandate)) return KernelRefusal.NotChargeable;
            if (sum > mandate.Each || sum > mandate.Left || ledger.Now >= mandate.Until) return KernelRefusal.OverMandate;
            ledger.Mandates.Set(key, mandate with { Left = mandate.Left - (long)sum });
            if (authority.ChargeEmergency(payer, unit.Of((long)sum)) is { } refusal) return refusal;
        }
        return null;
    }

    // Soonest to expire first, what does not expire last.
    private KernelRefusal? Take(in Movement movement, UnitRecord unit)
    {
        var (left, of) = (movement.Amount.Minor, movement.Amount.Unit);
        if (unit.Rules.HasFlag(UnitRules.Expires)) left = TakeLots(movement, unit);
        if (left == 0) return null;
        Add(new AccountKey(movement.From, of, default), -left);
        Add(new AccountKey(movement.To, of, default), left);
        return null;
    }

    // How much is left to take. Each lot keeps its end where it goes, unless it goes back to the issuer.
    private long TakeLots(in Movement movement, UnitRecord unit)
    {
        var (left, of) = (movement.Amount.Minor, movement.Amount.Unit);
        var back = movement.To == Owner.Of(unit.Issuer);
        foreach (var until in LotsOf(movement.From, of))
        {
            if (left == 0) break;
            if (until <= ledger.Now) continue;
            var lot = new AccountKey(movement.From, of, until);
            var here = (long)Int128.Min(left, Int128.Max(0, BalanceOf(lot)));
            if (here == 0) continue;
            Add(lot, -here);
            Add(new AccountKey(movement.To, of, back ? default : until), here);
            left -= here;
        }
        return left;
    }

    private KernelRefusal? Sweep(in Movement movement)
    {
        foreach (var until in ledger.Accounts.Lots(movement.From, movement.Amount.Unit))
        {
            if (until > ledger.Now) break;
            var lot = new AccountKey(movement.From, movement.Amount.Unit, until);
            var expired = (long)BalanceOf(lot);
            if (expired == 0) continue;
            Add(lot, -expired);
            Add(new AccountKey(movement.To, movement.Amount.Unit, default), expired);
        }
        return null;
    }

    private KernelRefusal? Write(ulong agreement)
    {
        if (entries.Count > 2 * Draft.AtMost) return KernelRefusal.TooManyEffects;
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(entries))
        {
            var after = entry.Before + entry.Change;
            if (Int128.Abs(after) >= Amount.Limit) return KernelRefusal.AmountOverflow;
            var issues = entry.Key.Owner == Owner.Of(agreement) && ledger.Units.Get(entry.Key.Unit)!.Issuer == agreement;
            // What only receives is never refused for what it owed before.
            if (after < -entry.Credit && entry.Change < 0 && !issues) return KernelRefusal.InsufficientFunds;
        }
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(entries)) Keep(entry.Key, new Account((long)(entry.Before + entry.Change), entry.Credit));
        return null;
    }

    private void Keep(AccountKey key, Account account)
    {
        if (account == default) ledger.Accounts.Remove(key);
        else ledger.Accounts.Set(key, account);
    }

    // The ends of an account's lots in order, those too that came in by an earlier movement of this call.
    private List<Instant> LotsOf(Owner owner, Unit unit)
    {
        lots.Clear();
        lots.AddRange(ledger.Accounts.Lots(owner, unit));
        foreach (var entry in entries)
        {
            if (entry.Key.Owner != owner || entry.Key.Unit != unit || entry.Key.Until == default) continue;
            var at = lots.BinarySearch(entry.Key.Until);
            if (at < 0) lots.Insert(~at, entry.Key.Until);
        }
        return lots;
    }

    private Int128 BalanceOf(AccountKey key) => places.TryGetValue(key, out var place) ? entries[place].Before + entries[place].Change : ledger.Accounts.Get(key).Balance;

    private void Add(AccountKey key, Int128 change)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, key, out var known);
        if (!known)
        {
            place = entries.Count;
            var account = ledger.Accounts.Get(key);
            entries.Add(new Entry(key, account.Balance, account.Credit, 0));
        }
        CollectionsMarshal.AsSpan(entries)[place].Change += change;
    }

    private record struct Entry(AccountKey Key, Int128 Before, long Credit, Int128 Change);

    private record struct Collection(Party Payer, Unit Unit, Int128 Sum);
}
