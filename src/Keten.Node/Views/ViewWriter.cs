using Keten.Kernel;
using Keten.Kernel.Execution;
using Keten.Node.Pipeline;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>Turns final blocks into rows. Blocks are added one after another, and a batch of them is committed at once. Not for use by two threads at once.</summary>
internal sealed class ViewWriter : IDisposable
{
    private static readonly (ushort Number, Codec<KernelCalls.Transfer> Codec) Transfer = KernelContents.Of<KernelCalls.Transfer>();
    private static readonly (ushort Number, Codec<KernelCalls.Unwind> Codec) Unwind = KernelContents.Of<KernelCalls.Unwind>();
    private static readonly (ushort Number, Codec<KernelCalls.RunParked> Codec) RunParked = KernelContents.Of<KernelCalls.RunParked>();

    private readonly SqliteConnection connection;
    private readonly ViewSource source;
    private readonly Owners owners;
    private readonly StatementRows statements;
    private readonly AgreementRows agreements;
    private readonly Prepared begin, commit, rollBack, insertBlock, insertOrigin, insertEvent, insertReader, insertRefused, setHead;
    private readonly Dictionary<Hash, int> decided = [];
    private readonly HashSet<long> told = [];
    private Hash header;
    private ulong height;
    private bool began;
    private Position next;

    public ViewWriter(SqliteConnection connection, ViewSource source)
    {
        (this.connection, this.source) = (connection, source);
        owners = new Owners(connection);
        statements = new StatementRows(connection, owners);
        agreements = new AgreementRows(connection, owners, source);
        begin = new Prepared(connection, "BEGIN IMMEDIATE");
        commit = new Prepared(connection, "COMMIT");
        rollBack = new Prepared(connection, "ROLLBACK");
        insertBlock = new Prepared(connection, "INSERT INTO block(height, time) VALUES(?1, ?2)");
        insertOrigin = new Prepared(connection, "INSERT INTO origin(position, id, wake, code) VALUES(?1, ?2, ?3, ?4)");
        insertEvent = new Prepared(connection, """
            INSERT INTO event(position, number_in_block, origin, agreement, contract, version, number, everyone, content) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)
            """);
        insertReader = new Prepared(connection, "INSERT INTO event_reader(owner, position) VALUES(?1, ?2)");
        insertRefused = new Prepared(connection, "INSERT OR IGNORE INTO refused(owner, position) VALUES(?1, ?2)");
        setHead = new Prepared(connection, "INSERT OR REPLACE INTO head(one, version, ledger, height, header) VALUES(1, ?1, ?2, ?3, ?4)");
    }

    /// <summary>How many rows of statements the batch has so far.</summary>
    public int Rows => statements.Count;

    public void Add(FinalBlock block)
    {
        if (!began) begin.Run();
        began = true;
        var head = block.Certificate.Header;
        (header, height, next) = (head.Hash, head.Height, Position.Of(head.Height, 0));
        insertBlock.Bind(1, (long)head.Height).Bind(2, head.Time.Seconds).Run();
        decided.Clear();
        for (var each = 0; each < block.Transactions.Count; each++)
            if (!block.Outcomes.Decisions[each].IsVoid) decided[block.Transactions[each].Id] = each;
        var (last, origin) = (default(Hash), next);
        foreach (var call in block.Outcomes.Calls)
        {
            var transaction = decided.TryGetValue(call.Origin, out var place) ? block.Transactions[place] : null;
            if (call.Origin != last)
            {
                origin = Take();
                last = call.Origin;
                insertOrigin.Bind(1, origin.Value).Bind(2, call.Origin.ToArray()).Bind(3, transaction is null ? 1 : 0).Bind(4, call.Code).Run();
            }
            if (call.Code == 0) Done(block, call, transaction, origin);
            else if (transaction is not null) Refused(transaction, origin);
        }
    }

    public ulong Commit()
    {
        if (!began) return height;
        statements.Clear();
        owners.Flush();
        agreements.Flush();
        setHead.Bind(1, Schema.Version).Bind(2, source.LedgerId.ToArray()).Bind(3, (long)height).Bind(4, header.ToArray()).Run();
        commit.Run();
        began = false;
        owners.Trim();
        return height;
    }

    /// <summary>Forgets the batch.</summary>
    public void RollBack()
    {
        statements.Clear();
        agreements.Clear();
        owners.Clear();
        if (began && SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0) rollBack.Run();
        began = false;
    }

    public void Dispose()
    {
        foreach (var each in (ReadOnlySpan<Prepared>)[begin, commit, rollBack, insertBlock, insertOrigin, insertEvent, insertReader, insertRefused, setHead]) each.Dispose();
        statements.Dispose();
        agreements.Dispose();
        owners.Dispose();
    }

    private Position Take()
    {
        var taken = next;
        next = Position.Of(taken.Height, taken.Line + 1);
        return taken;
    }

    private void Done(FinalBlock block, in CallOutcome call, Transaction? transaction, Position origin)
    {
        var time = block.Certificate.Header.Time;
        var reference = transaction is null ? null : ReadKernel(transaction.Calls[call.Index], time);
        if (call.Agreement != 0) agreements.Touch(call.Agreement, call.Clause, time);
        next = statements.Add(block.Outcomes, call, origin, next, reference);
        var (first, count) = call.Events.GetOffsetAndLength(block.Outcomes.Events.Count);
        for (var each = first; each < first + count; each++) Event(block, each, origin);
    }

    // The payer's reference of a transfer; of the ledger's other calls, the agreement that they do something to.
    private Reference? ReadKernel(in Call call, Instant time)
    {
        if (!call.IsKernel) return null;
        if (call.Clause == Transfer.Number) return Transfer.Codec.FromBytes(call.Arguments).Reference;
        if (call.Clause == Unwind.Number) agreements.Touch(Unwind.Codec.FromBytes(call.Arguments).Agreement, 0, time);
        if (call.Clause == RunParked.Number) agreements.Touch(RunParked.Codec.FromBytes(call.Arguments).Agreement, 0, time);
        return null;
    }

    private void Event(FinalBlock block, int index, Position origin)
    {
        var (at, made, readers) = (Take(), block.Outcomes.Events[index], block.Readers[index]);
        insertEvent.Bind(1, at.Value).Bind(2, index).Bind(3, origin.Value).Bind(4, (long)made.Agreement).Bind(5, made.Contract.Code).Bind(6, made.Contract.Version)
            .Bind(7, made.Number).Bind(8, readers.IsEveryone ? 1 : 0).Bind(9, block.Outcomes.EventBytes[made.Content]).Run();
        told.Clear();
        foreach (var party in readers.Named)
            if (owners.IdOf(party) is var id && told.Add(id)) insertReader.Bind(1, id).Bind(2, at.Value).Run();
    }

    private void Refused(Transaction transaction, Position origin)
    {
        foreach (var slot in transaction.Signers)
            if (source.PartyOf(slot.Key) is { } party) insertRefused.Bind(1, owners.IdOf(party)).Bind(2, origin.Value).Run();
    }
}
