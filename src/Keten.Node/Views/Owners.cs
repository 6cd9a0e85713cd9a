using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keten.Kernel;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>Small numbers for owners and their accounts, and what is in each, for the one who writes. What is not in memory is looked up; nothing here outlives a failed batch.</summary>
internal sealed class Owners(SqliteConnection connection) : IDisposable
{
    private const int KeptAtMost = 1_000_000;

    private readonly Prepared find = new(connection, "SELECT id FROM owner WHERE bytes = ?1");
    private readonly Prepared add = new(connection, "INSERT INTO owner(bytes) VALUES(?1) RETURNING id");
    private readonly Prepared account = new(connection, "SELECT id FROM account WHERE owner = ?1 AND unit = ?2");
    private readonly Prepared last = new(connection, "SELECT balance FROM statement WHERE account = ?1 ORDER BY position DESC LIMIT 1");
    private readonly Prepared open = new(connection, "INSERT INTO account(owner, unit) VALUES(?1, ?2) RETURNING id");
    private readonly Dictionary<Owner, long> ids = [];
    private readonly Dictionary<(long Owner, Unit Unit), (long Account, long Balance)> accounts = [];

    /// <summary>The owner's number, made where there is none.</summary>
    public long IdOf(Owner owner)
    {
        if (ids.TryGetValue(owner, out var id)) return id;
        var bytes = Bytes(owner);
        id = find.Bind(1, bytes).Number() ?? add.Bind(1, bytes).Number()!.Value;
        ids.Add(owner, id);
        return id;
    }

    /// <summary>
    /// The number of an owner's account of a unit, made where there is none, and what is in it after a change. Of an account not seen before, what the ledger says: where old blocks were pruned,
    /// views begin in the middle.
    /// </summary>
    public (long Account, long Balance) Move(long owner, Unit unit, long change, long balanceOfLot)
    {
        ref var its = ref CollectionsMarshal.GetValueRefOrAddDefault(accounts, (owner, unit), out var known);
        if (known) its.Balance += change;
        else if (account.Bind(1, owner).Bind(2, unit.Number).Number() is { } found) its = (found, last.Bind(1, found).Number()!.Value + change);
        else its = (open.Bind(1, owner).Bind(2, unit.Number).Number()!.Value, balanceOfLot);
        return its;
    }

    /// <summary>Holds the memory used within its bounds; only between batches, when all balances are in the file.</summary>
    public void Trim()
    {
        if (ids.Count > KeptAtMost) ids.Clear();
        if (accounts.Count > KeptAtMost) accounts.Clear();
    }

    /// <summary>Forgets what a failed batch may have left.</summary>
    public void Clear()
    {
        ids.Clear();
        accounts.Clear();
    }

    public void Dispose()
    {
        foreach (var each in (ReadOnlySpan<Prepared>)[find, add, account, last, open]) each.Dispose();
    }

    /// <summary>A party's 20 bytes, or an agreement's number in 8.</summary>
    public static byte[] Bytes(Owner owner)
    {
        var bytes = new byte[owner.Party is null ? 8 : Party.Size];
        if (owner.Party is { } party) party.CopyTo(bytes);
        else BinaryPrimitives.WriteUInt64BigEndian(bytes, owner.Agreement);
        return bytes;
    }

    /// <summary>The owner of such bytes.</summary>
    public static Owner Read(ReadOnlySpan<byte> bytes) => bytes.Length == 8 ? Owner.Of(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : Owner.Of(new Party(bytes));
}
