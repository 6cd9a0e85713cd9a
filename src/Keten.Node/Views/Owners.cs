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
    private readonly Prepared account = new(connection, "SELECT a.id, a.lines, a.last, s.balance FROM account a JOIN statement s ON s.position = a.last WHERE a.owner = ?1 AND a.unit = ?2");
    private readonly Prepared open = new(connection, "INSERT INTO account(owner, unit, lines, last) VALUES(?1, ?2, 0, 0) RETURNING id");
    private readonly Prepared goOn = new(connection, "UPDATE account SET lines = ?2, last = ?3 WHERE id = ?1");
    private readonly Dictionary<Owner, long> ids = [];
    private readonly Dictionary<(long Owner, Unit Unit), int> places = [];
    private readonly List<Account> accounts = [];
    private readonly List<int> moved = [];

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
    /// An owner's account of a unit, made where there is none, as it is after a line at a place. Of an account not seen before, the balance is what the ledger says: where old blocks were pruned,
    /// views begin in the middle.
    /// </summary>
    public Moved Move(long owner, Unit unit, long change, long balanceOfLot, Position at)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, (owner, unit), out var known);
        if (!known)
        {
            place = accounts.Count;
            accounts.Add(Find(owner, unit) ?? new Account(open.Bind(1, owner).Bind(2, unit.Number).Number()!.Value, 0, 0, balanceOfLot - change, false));
        }
        ref var its = ref CollectionsMarshal.AsSpan(accounts)[place];
        var back = its.Lines == 0 ? 0 : at.Value - its.Last;
        if (!its.Moved) moved.Add(place);
        its = new Account(its.Id, its.Lines + 1, at.Value, its.Balance + change, true);
        return new Moved(its.Id, its.Lines, back, its.Balance);
    }

    /// <summary>Says in the file where each account's chain goes on from, of those that moved.</summary>
    public void Flush()
    {
        var all = CollectionsMarshal.AsSpan(accounts);
        // In the order of their rows, so that each page is found once.
        moved.Sort((left, right) => accounts[left].Id.CompareTo(accounts[right].Id));
        foreach (var place in moved)
        {
            ref var its = ref all[place];
            goOn.Bind(1, its.Id).Bind(2, its.Lines).Bind(3, its.Last).Run();
            its = its with { Moved = false };
        }
        moved.Clear();
    }

    /// <summary>Holds the memory used within its bounds; only between batches, when all balances are in the file.</summary>
    public void Trim()
    {
        if (ids.Count > KeptAtMost) ids.Clear();
        if (accounts.Count > KeptAtMost) ClearAccounts();
    }

    /// <summary>Forgets what a failed batch may have left.</summary>
    public void Clear()
    {
        ids.Clear();
        ClearAccounts();
    }

    public void Dispose()
    {
        foreach (var each in (ReadOnlySpan<Prepared>)[find, add, account, open, goOn]) each.Dispose();
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

    private Account? Find(long owner, Unit unit)
    {
        Span<long> row = stackalloc long[4];
        return account.Bind(1, owner).Bind(2, unit.Number).Numbers(row) ? new Account(row[0], row[1], row[2], row[3], false) : null;
    }

    private void ClearAccounts()
    {
        places.Clear();
        accounts.Clear();
        moved.Clear();
    }

    /// <summary>An account after a line.</summary>
    /// <param name="Account">Its number.</param>
    /// <param name="Lines">How many lines it has.</param>
    /// <param name="Back">How far back the line before is; 0 where there is none.</param>
    /// <param name="Balance">What is in it.</param>
    internal readonly record struct Moved(long Account, long Lines, long Back, long Balance);

    private readonly record struct Account(long Id, long Lines, long Last, long Balance, bool Moved);
}
