using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Storage;

/// <summary>All that is final, to be asked for: blocks from the store, bodies from the log, places from the index; the newest blocks from memory.</summary>
internal sealed class Archive
{
    private const int RecentAtMost = 16;
    private readonly ILog log;
    private readonly BlockStore blocks;
    private readonly TransactionIndex index;
    private readonly StateGate state;
    private readonly ShownBlocks shown;
    private readonly Lock gate = new();
    private readonly Queue<(ulong Height, FinalBlock Block)> recent = [];

    public Archive(ILog log, BlockStore blocks, TransactionIndex index, StateGate state)
    {
        (this.log, this.blocks, this.index, this.state) = (log, blocks, index, state);
        shown = new ShownBlocks(Show);
    }

    /// <summary>The newest certificate.</summary>
    public Certificate? Head { get; private set; }

    public BlockStore Blocks => blocks;

    /// <summary>Takes in a block that has just been stored durably, or, on opening, the last one that was.</summary>
    public void Publish(FinalBlock block)
    {
        for (var place = 0; place < block.Transactions.Count; place++)
            if (!block.Outcomes.Decisions[place].IsVoid) index.Add(TransactionIndex.MarkOf(block.Transactions[place].Id), block.Certificate.Header.Height, place);
        lock (gate)
        {
            recent.Enqueue((block.Certificate.Header.Height, block));
            if (recent.Count > RecentAtMost) recent.Dequeue();
            Head = block.Certificate;
        }
    }

    public void Begin(Certificate head) => Head = head;

    public BlockRecord Record(ulong height) => BlockRecord.Read(blocks.Read(height));

    public bool Has(ulong height) => height >= 1 && height <= (Head?.Header.Height ?? 0);

    /// <summary>A block as it became final.</summary>
    /// <exception cref="PrunedException">Its bodies have been pruned.</exception>
    public FinalBlock Final(ulong height)
    {
        lock (gate)
        {
            foreach (var (at, block) in recent)
                if (at == height) return block;
        }
        var record = Record(height);
        var transactions = Transactions(record) ?? throw new PrunedException(height);
        return state.Read(ledger =>
        {
            var outcomes = record.Outcomes(transactions, number => number == 0 ? KernelContents.Events : ledger.State.Agreement(number)!.Contract, (contract, number) => Refusals.Find(ledger.Catalogue, contract, number));
            return new FinalBlock(record.Certificate, transactions, outcomes, EventReaders.Each(outcomes, record.Readers));
        });
    }

    /// <summary>A block's transactions; null where they have been pruned.</summary>
    public IReadOnlyList<Transaction>? Transactions(BlockRecord record)
    {
        if (record.IsPruned) return null;
        if (record.Transactions == 0) return [];
        return Body(record.Header.LogPosition) is { } bytes ? Entry.Parse(bytes).Transactions : null;
    }

    /// <summary>Prunes the outcomes of the blocks whose entries the log has forgotten: without their transactions they show nothing. Gives the last of these blocks.</summary>
    public ulong Prune(long firstInLog)
    {
        var (low, high) = (0UL, blocks.Height);
        while (low < high)
        {
            var middle = high - (high - low) / 2;
            if ((long)Record(middle).Header.LogPosition < firstInLog) low = middle;
            else high = middle - 1;
        }
        blocks.Prune(low);
        shown.Clear();
        return low;
    }

    /// <summary>A decided transaction's block, and its place there; null where it is unknown or its body has been pruned.</summary>
    public (ShownBlock Block, int Place)? Locate(Hash id)
    {
        foreach (var (height, place) in index.Find(id) ?? [])
        {
            var block = shown.Get(height);
            if (block.Transactions?[place].Id == id) return (block, place);
        }
        return null;
    }

    /// <summary>
    /// The block, pruned here, in which an id that begins with the same 8 bytes was decided; null where there is none. More of it is not kept, so this is for who knows the id already:
    /// another one that begins alike is easily made up.
    /// </summary>
    public ulong? PrunedIn(Hash id)
    {
        foreach (var (height, _) in index.Find(id) ?? [])
            if (shown.Get(height).Transactions is null) return height;
        return null;
    }

    public TransactionPlace? Find(Hash id)
    {
        if (Locate(id) is not { } found) return null;
        var (block, place) = found;
        return new TransactionPlace(block.Record.Header.Height, block.HistoryOf(place), block.Record.ExceptionAt(place)?.Code ?? 0);
    }

    /// <summary>The answer that a transaction was given when it was decided; null where it was not.</summary>
    public Answer? Answered(Hash id)
    {
        if (Locate(id) is not { } found) return null;
        var record = found.Block.Record;
        var height = record.Header.Height;
        return record.ExceptionAt(found.Place) is { } refused
            ? new Answer(id, AnswerStatus.Refused, state.Read(ledger => Refusals.Find(ledger.Catalogue, refused.Contract, refused.Number)), refused.Code, refused.Call, height)
            : new Answer(id, AnswerStatus.Done, null, 0, 0, height);
    }

    /// <summary>The changes of validators after a height and before another, with the certificates that carry them.</summary>
    public SetChange[] Changes(ulong after, ulong before)
    {
        var heights = state.Read(ledger => ledger.State.ChangesOfValidators(after, before, SetChange.AtMost));
        var changes = new List<SetChange>(heights.Count);
        foreach (var height in heights)
        {
            // What is executed and not final yet has no certificate.
            if (!Has(height)) break;
            var record = Record(height);
            changes.Add(new SetChange(record.Certificate, record.Next!));
        }
        return [.. changes];
    }

    public Receipt? ReceiptOf(Hash id, int fromCall, ulong known)
    {
        if (Locate(id) is not { } found) return null;
        var (block, place) = found;
        var history = block.HistoryOf(place);
        var path = state.Read(ledger => ledger.History.Inclusion(history, block.Record.Header.HistorySize));
        return new Receipt(block.Transactions![place], history, path, block.OutcomesOf(place, fromCall), block.Record.Certificate) { Changes = Changes(known, block.Record.Header.Height) };
    }

    private ShownBlock Show(ulong height)
    {
        var record = Record(height);
        return new ShownBlock(record, Transactions(record));
    }

    // What is durable in the log is read without waiting.
    private ReadOnlyMemory<byte>? Body(ulong position)
    {
        var entries = log.FollowAsync((long)position - 1).GetAsyncEnumerator();
        try
        {
            return entries.MoveNextAsync().AsTask().GetAwaiter().GetResult() ? entries.Current.Bytes : null;
        }
        catch (LogPrunedException)
        {
            return null;
        }
        finally
        {
            entries.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
