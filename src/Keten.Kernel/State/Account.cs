using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>Which account: whose, of what, and until when what is in it may be spent (0: for ever).</summary>
/// <param name="Owner">A party, or an agreement for what it holds.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Until">The lot's end; the default for value that does not expire.</param>
public readonly record struct AccountKey(Owner Owner, Unit Unit, Instant Until)
{
    /// <summary>For look-up only.</summary>
    public override int GetHashCode() => unchecked(Owner.GetHashCode() + (int)Unit.Number * 486187739 + (int)Until.Seconds);

    internal static void Write(CborWriter writer, in AccountKey key)
    {
        writer.Array(key.Until == default ? 2 : 3);
        key.Owner.Write(writer);
        writer.Unsigned(key.Unit.Number);
        if (key.Until != default) writer.Integer(key.Until.Seconds);
    }

    internal static AccountKey Read(ref CborReader reader)
    {
        var parts = reader.Array(3);
        if (parts < 2) throw reader.Fault("An account's key has two or three parts.");
        var (owner, unit) = (Owner.Read(ref reader), Wire.ReadUnit(ref reader));
        return new AccountKey(owner, unit, parts == 3 ? new Instant(reader.Integer(1, Instant.Last.Seconds)) : default);
    }
}

/// <summary>What is in an account.</summary>
/// <param name="Balance">In smallest parts; below nothing for the issuer by what it has issued, for others down to their credit.</param>
/// <param name="Credit">How far below nothing it may go.</param>
public readonly record struct Account(long Balance, long Credit = 0)
{
    internal static void Write(CborWriter writer, in Account account)
    {
        if (account.Credit == 0)
        {
            writer.Integer(account.Balance);
            return;
        }
        writer.Array(2);
        writer.Integer(account.Balance);
        writer.Integer(account.Credit);
    }

    internal static Account Read(ref CborReader reader)
    {
        if (reader.Peek() != CborKind.Array) return new Account(reader.Integer());
        reader.ArrayOf(2);
        return new Account(reader.Integer(), reader.Integer(1, Amount.Limit));
    }
}

/// <summary>All accounts, and beside them which lots an owner has, which follows from them and is no record itself.</summary>
internal sealed class AccountTable() : Table<AccountKey, Account>(8, AccountKey.Write, AccountKey.Read, Account.Write, Account.Read)
{
    private readonly Dictionary<(Owner Owner, Unit Unit), List<Instant>> lots = [];
    private readonly Dictionary<ulong, List<AccountKey>> held = [];

    /// <summary>Whether an agreement has anything in any account, what it has issued included.</summary>
    public bool Holds(ulong agreement, Instant now)
    {
        if (!held.TryGetValue(agreement, out var accounts)) return false;
        foreach (var account in accounts)
            if (account.Until == default || account.Until > now) return true;
        return false;
    }

    /// <summary>The ends of an owner's expiring lots, soonest first.</summary>
    public IReadOnlyList<Instant> Lots(Owner owner, Unit unit) => lots.TryGetValue((owner, unit), out var ends) ? ends : [];

    protected override void Added(AccountKey key)
    {
        if (key.Owner.Agreement != 0)
        {
            if (!held.TryGetValue(key.Owner.Agreement, out var accounts)) held.Add(key.Owner.Agreement, accounts = []);
            accounts.Add(key);
        }
        if (key.Until == default) return;
        if (!lots.TryGetValue((key.Owner, key.Unit), out var ends)) lots.Add((key.Owner, key.Unit), ends = []);
        var at = ends.BinarySearch(key.Until);
        ends.Insert(~at, key.Until);
    }

    protected override void Removed(AccountKey key)
    {
        if (key.Owner.Agreement != 0 && held[key.Owner.Agreement] is var accounts && accounts.Remove(key) && accounts.Count == 0) held.Remove(key.Owner.Agreement);
        if (key.Until == default) return;
        var ends = lots[(key.Owner, key.Unit)];
        ends.Remove(key.Until);
        if (ends.Count == 0) lots.Remove((key.Owner, key.Unit));
    }
}
