using System.Buffers.Binary;
using Keten.Kernel;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>
/// Keeps the list of agreements: of each that a batch touched, its record as it is now. The record may be further than the batch; then later batches touch the agreement again.
/// </summary>
internal sealed class AgreementRows(SqliteConnection connection, Owners owners, ViewSource source) : IDisposable
{
    private readonly Prepared find = new(connection, "SELECT readers FROM agreement WHERE number = ?1");
    private readonly Prepared insert = new(connection, "INSERT INTO agreement(number, contract, version, opened, ended, everyone, readers) VALUES(?1,?2,?3,?4,0,?5,?6)");
    private readonly Prepared reread = new(connection, "UPDATE agreement SET everyone = ?2, readers = ?3 WHERE number = ?1");
    private readonly Prepared end = new(connection, "UPDATE agreement SET ended = ?2 WHERE number = ?1");
    private readonly Prepared addReader = new(connection, "INSERT INTO agreement_reader(owner, agreement) VALUES(?1, ?2)");
    private readonly Prepared removeReader = new(connection, "DELETE FROM agreement_reader WHERE owner = ?1 AND agreement = ?2");
    private readonly Dictionary<(ulong Agreement, ushort Clause), Instant> touched = [];
    private readonly List<ulong> numbers = [];

    /// <summary>Notes a call on an agreement that was done; clause 0 for what the ledger itself does to it.</summary>
    public void Touch(ulong agreement, ushort clause, Instant time) => touched[(agreement, clause)] = time;

    public void Flush()
    {
        numbers.Clear();
        var seen = new HashSet<ulong>();
        foreach (var (agreement, _) in touched.Keys)
            if (seen.Add(agreement)) numbers.Add(agreement);
        if (numbers.Count == 0) return;
        var now = source.Agreements(numbers);
        var contracts = new Dictionary<ulong, AgreementNow>(numbers.Count);
        for (var each = 0; each < numbers.Count; each++)
        {
            contracts.Add(numbers[each], now[each]);
            Write(numbers[each], now[each]);
        }
        foreach (var ((agreement, clause), time) in touched.OrderBy(touch => touch.Value))
            if (contracts[agreement] is { Ended: true } ended && ended.Contract.ClauseOf(clause)?.Kind != ClauseKind.Correction)
                end.Bind(1, (long)agreement).Bind(2, time.Seconds).Run();
        touched.Clear();
    }

    public void Clear() => touched.Clear();

    public void Dispose()
    {
        foreach (var each in (ReadOnlySpan<Prepared>)[find, insert, reread, end, addReader, removeReader]) each.Dispose();
    }

    private void Write(ulong number, in AgreementNow now)
    {
        var readers = Ids(now.Readers);
        var before = find.Bind(1, (long)number).Blob();
        if (before is null)
        {
            insert.Bind(1, (long)number).Bind(2, now.Contract.Code).Bind(3, now.Contract.Version).Bind(4, now.Opened.Seconds)
                .Bind(5, now.Readers.IsEveryone ? 1 : 0).Bind(6, readers).Run();
            before = [];
        }
        else reread.Bind(1, (long)number).Bind(2, now.Readers.IsEveryone ? 1 : 0).Bind(3, readers).Run();
        if (readers.AsSpan().SequenceEqual(before)) return;
        for (var each = 0; each < before.Length; each += 8) removeReader.Bind(1, BinaryPrimitives.ReadInt64LittleEndian(before.AsSpan(each))).Bind(2, (long)number).Run();
        for (var each = 0; each < readers.Length; each += 8) addReader.Bind(1, BinaryPrimitives.ReadInt64LittleEndian(readers.AsSpan(each))).Bind(2, (long)number).Run();
    }

    private byte[] Ids(Readers readers)
    {
        var ids = new SortedSet<long>();
        foreach (var party in readers.Named) ids.Add(owners.IdOf(party));
        var bytes = new byte[8 * ids.Count];
        var at = 0;
        foreach (var id in ids)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), id);
            at += 8;
        }
        return bytes;
    }
}
