using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Node.Storage;

namespace Keten.Node.Pipeline;

/// <summary>
/// A node without its doors: verifies on all cores, batches, appends to the log, executes in order on one thread, stores blocks, attests, and tells what became final.
/// Everything a door, a view or a command needs goes through here.
/// </summary>
public sealed class LedgerNode : IAsyncDisposable
{
    private const int BlocksAhead = 16;

    private readonly NodeParts node;
    private readonly Sequencer sequencer;
    private readonly Door door;
    private readonly Proofs proofs;
    private readonly SnapshotRhythm rhythm;
    private readonly PromiseFile? promises;
    private readonly Watch watch;
    private readonly IDisposable folderLock;
    private readonly Task[] stages;
    private int closed;

    private LedgerNode(NodeParts node, PromiseFile? promises, Watch watch, IDisposable folderLock, Func<NodeParts, PromiseFile, Certifier>? certifying)
    {
        (this.node, this.promises, this.watch, this.folderLock) = (node, promises, watch, folderLock);
        node.Progress.Take(node.Ledger, 0);
        Serving = new Serving(node);
        if (node.Shared is { } order) node.Metrics.Watch(order.Peers);
        proofs = new Proofs(node.State, node.Ledger.Head?.Height ?? 0);
        rhythm = new SnapshotRhythm(node.Options.SnapshotEvery, node.State, node.Snapshots, node.BlockFolder, node.Scheduler);
        sequencer = new Sequencer(node);
        var executed = Channel.CreateBounded<Executed>(BlocksAhead);
        door = new Door(node, sequencer);
        stages = [.. Stages(executed, certifying)];
        node.Failure.Stop.UnsafeRegister(static stopped => ((LedgerNode)stopped!).Wake(), this);
    }

    /// <summary>Opens or creates the ledger in a data folder, and catches up with the log and the clock.</summary>
    /// <exception cref="DiskLockedException">Another process has the folder open.</exception>
    /// <exception cref="InvalidOperationException">The folder is another ledger's, or the ledger is one that this node cannot certify.</exception>
    /// <exception cref="DivergedException">What was certified does not come out again.</exception>
    /// <exception cref="IOException">The disk failed, or what it holds is damaged.</exception>
    public static async Task<LedgerNode> OpenAsync(NodeSetup setup, CancellationToken cancel = default)
    {
        // A machine that computes one of these otherwise would disagree with every other node: better not to start on it.
        SelfTest.Run();
        var disk = setup.Disk ?? new RealDisk(setup.DataFolder);
        var opened = new Stack<IDisposable>();
        FileLog? log = null;
        try
        {
            var folderLock = disk.Lock("lock");
            opened.Push(folderLock);
            var genesis = DataFolder.GenesisOf(disk, setup.Genesis);
            var keys = new KeyCache(setup.Options.KeysKept);
            var entrance = new Entrance(disk, genesis, setup, keys);
            await entrance.EnterAsync(cancel);
            var epoch = await EpochStart.FollowAsync(disk, genesis, setup, cancel);
            var (index, folder, snapshots) = (new TransactionIndex(), disk.Folder("blocks"), new SnapshotStore(disk.Folder("snapshots")));
            snapshots.Clean();
            var blocks = BlockStore.Open(folder, (_, content) => index.Add(BlockRecord.Read(content)), snapshots.Heights() is [var newest, ..] ? newest : 0, setup.Options.BlockSegmentBytes);
            opened.Push(blocks);
            log = FileLog.Open(disk.Folder("log"), setup.Options.Log);
            var ledger = await new LedgerRecovery(genesis, setup.Catalogue, keys, log, blocks, snapshots, folder).RunAsync(cancel);
            Refuse(ledger, setup);
            var state = new StateGate(ledger);
            var archive = new Archive(log, blocks, index, state);
            // What a crash left to do of a pruning.
            archive.Prune((await log.RangeAsync(cancel)).First);
            if (blocks.Height > 0) archive.Begin(archive.Record(blocks.Height).Certificate);
            var promises = setup.Shared is null || setup.Validator is null ? null : new PromiseFile(disk);
            if (promises is not null) opened.Push(promises);
            epoch = EpochStart.Enter(disk, epoch, ledger, blocks, promises);
            var shared = setup.Shared?.OfEpoch is { } ofEpoch ? ofEpoch(epoch.Number) : setup.Shared;
            var parts = new NodeParts(ledger, keys, log, state, archive, snapshots, folder, setup.Validator, setup.Options, shared) { Epoch = epoch, EpochAhead = entrance.Epoch, Restart = EpochFolder.Of(disk).ToServe(epoch.Number) };
            var node = new LedgerNode(parts, promises, new Watch(parts, new EvidenceStore(disk)), folderLock, setup.Certifying);
            node.AppendAgain(EpochFolder.Of(disk).ReadAgain(epoch.Number));
            try
            {
                await node.CatchUp(cancel);
                return node;
            }
            catch
            {
                await node.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (log is not null) await log.DisposeAsync();
            while (opened.TryPop(out var one)) one.Dispose();
            throw;
        }
    }

    /// <summary>How the ledger began.</summary>
    public Genesis Genesis => node.Ledger.Genesis;

    /// <summary>The hash of the genesis.</summary>
    public Hash LedgerId => node.LedgerId;

    /// <summary>The contracts.</summary>
    public Catalogue Catalogue => node.Catalogue;

    /// <summary>Which epoch the order is in: how often it was restarted by a record of the validators.</summary>
    public ulong Epoch => node.Epoch.Number;

    /// <summary>What other validators did that none does who follows the rules, with the evidence, by validator and kind.</summary>
    public IReadOnlyList<KeptEvidence> Misbehaviour => watch.Store.All();

    /// <summary>Told of misbehaviour as it is seen, of each validator and kind the first, second, fourth and so on; on whichever thread saw it: be short, and throw nothing.</summary>
    public event Action<Evidence> Misbehaved
    {
        add => watch.Found += value;
        remove => watch.Found -= value;
    }

    /// <summary>How the node stands just now: what it waits for, and for whom.</summary>
    public NodeCondition Condition()
    {
        var head = Head?.Header;
        var (executed, time, validators, muted, next) = Read(ledger => (
            ledger.Head?.Height ?? 0, ledger.State.Now, ledger.Validators, node.Validator is { } own && ledger.Validators.ById(own.Id) is { } one && ledger.State.IsMuted(one.Party), ledger.State.NextCatalogue));
        var joint = node.Shared is not null;
        return new NodeCondition
        {
            Head = head, HeadFor = watch.Pulse.HeadFor(head?.Height ?? 0), Executed = executed, LedgerTime = time, Validators = validators, Key = node.Validator?.Id, IsMuted = muted,
            Missing = watch.Pulse.Missing(), NewestStatements = watch.Pulse.Newest, OrderSilent = joint ? watch.Pulse.Silent : null, Promised = promises?.Highest.Height ?? 0,
            OldestAccepted = sequencer.Oldest, Lacks = next is { } coming && Catalogue.ByHash(coming.Catalogue) is null ? (coming.Catalogue, coming.Height) : null,
        };
    }

    /// <summary>This validator's signed word that a transaction which it answered «accepted» is in the order, or will be before it expires; null where the node has no key.</summary>
    public Acceptance? PromiseOf(Transaction transaction) => node.Validator is { } validator ? Acceptance.Sign(validator, transaction) : null;

    /// <summary>The newest certificate; null before the first block.</summary>
    public Certificate? Head => node.Archive.Head;

    /// <summary>Why the node has stopped by itself; null while it runs. It must then be opened again.</summary>
    public Exception? Fault => Volatile.Read(ref closed) == 0 ? node.Failure.Why : null;

    /// <summary>Whether it has no validator's key: it shows what there is, follows where validators share an order, and takes and signs nothing.</summary>
    public bool IsObserver => node.Validator is null;

    /// <summary>The other nodes that it knows of, by their addresses: what an observer is asked to do is for them.</summary>
    public IReadOnlyList<string> Validators => [.. node.Shared?.Peers.All.Select(peer => peer.Name) ?? []];

    /// <summary>What it gives to other nodes.</summary>
    internal Serving Serving { get; }

    /// <summary>Whether what waits is as much as may wait: what is submitted now is answered <see cref="KernelRefusal.Busy"/>.</summary>
    public bool IsBusy => node.Room.IsFull;

    /// <summary>Submits one or many transactions in their COSE form. Each gets its own answer; the task ends when the last has reached <paramref name="wait"/>.</summary>
    /// <remarks>Where there is no room none is taken, and each is answered <see cref="KernelRefusal.Busy"/> at once. Cancelling gives up the waiting, not the transactions.</remarks>
    /// <exception cref="NodeStoppedException">The node has stopped or was closed: what was not answered may be in the log or not.</exception>
    /// <exception cref="ObserverException">The node observes: it takes nothing.</exception>
    public Task<Answer[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> transactions, WaitFor wait, CancellationToken cancel = default)
    {
        RefuseClosed();
        if (node.Validator is null) throw new ObserverException(Validators);
        return transactions.Count == 0 ? Task.FromResult<Answer[]>([]) : door.Submit(new Submission(transactions, wait)).WaitAsync(cancel);
    }

    /// <summary>Runs a query over the state while no block is being executed. It must be short and must not keep what it was lent. It may see a block that is not final yet.</summary>
    public T Read<T>(Func<Ledger, T> query) => node.State.Read(query);

    /// <summary>The final blocks after a height, and then each new one as it becomes final. What is not yet final is never told.</summary>
    /// <exception cref="PrunedException">The transactions of the next block have been pruned.</exception>
    /// <exception cref="NodeStoppedException">The node has stopped or was closed, and all that is final has been told.</exception>
    public async IAsyncEnumerable<FinalBlock> FollowAsync(ulong afterHeight, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var height = afterHeight + 1; ;)
        {
            cancel.ThrowIfCancellationRequested();
            var next = node.Moved.Next;
            if (node.Archive.Has(height))
            {
                RefuseClosed(faultToo: false);
                yield return node.Archive.Final(height++);
                continue;
            }
            RefuseClosed();
            await next.WaitAsync(cancel);
        }
    }

    /// <summary>Where a decided transaction is; null where it is unknown or its body has been pruned.</summary>
    public TransactionPlace? Find(Hash transaction) => node.Archive.Find(transaction);

    /// <summary>
    /// The block in which a transaction was decided whose body has been pruned here; null where there is none, or where it is not pruned. Told by the first 8 bytes of the id, which are
    /// all that is kept: another id that begins alike gets the same answer.
    /// </summary>
    public ulong? PrunedIn(Hash transaction) => node.Archive.PrunedIn(transaction);

    /// <summary>A decided transaction's COSE bytes, or null where it is unknown or its body has been pruned.</summary>
    public byte[]? Body(Hash transaction) => node.Archive.Locate(transaction) is { } found ? found.Block.Transactions![found.Place].Cose.ToArray() : null;

    /// <summary>The receipt of a decided transaction, showing up to 16 of its calls from one on; null where it is unknown or its body has been pruned.</summary>
    /// <param name="transaction">Which.</param>
    /// <param name="fromCall">From which call on.</param>
    /// <param name="knownChange">The height of the newest change of validators that the asker knows: those up to there are left out. 0: it knows the genesis.</param>
    public Receipt? ReceiptOf(Hash transaction, int fromCall = 0, ulong knownChange = 0) => node.Archive.ReceiptOf(transaction, fromCall, knownChange);

    /// <summary>The certified changes of validators after a height, in order, at most 1,000: what a light client goes on by.</summary>
    public SetChange[] ChangesOfValidators(ulong after = 0) => node.Archive.Changes(after, ulong.MaxValue);

    /// <summary>The certificate of a block, or null.</summary>
    public Certificate? CertificateOf(ulong height) => node.Archive.Has(height) ? node.Archive.Record(height).Certificate : null;

    /// <summary>That the history of one size grew into that of another (RFC 9162 §2.1.4); null where a size is not known, or is not of a final block's history.</summary>
    public Hash[]? Consistency(ulong fromSize, ulong toSize)
    {
        if (fromSize == 0 || fromSize > toSize || toSize > (Head?.Header.HistorySize ?? 0)) return null;
        return node.State.Read(ledger => ledger.History.Consistency(fromSize, toSize));
    }

    /// <summary>
    /// A proof of a record, or of its absence, under a certified header. It is of a moment at or after the call: it waits for the next checkpoint, and for the one whose header carries
    /// that one's root, which takes ticks and a second or two of ledger time.
    /// </summary>
    /// <exception cref="Kernel.Cbor.MalformedException">The key is no record's.</exception>
    /// <exception cref="NodeBusyException">Too many proofs are waited for.</exception>
    public async Task<StateEvidence> ProveAsync(byte[] recordKey, CancellationToken cancel = default) => (await ProveAsync([recordKey], cancel))[0];

    /// <summary>Proofs of up to 1,000 records, all of the same moment and under the same header; the waiting is the same as for one.</summary>
    /// <exception cref="ArgumentException">There are more.</exception>
    /// <exception cref="Kernel.Cbor.MalformedException">A key is no record's.</exception>
    /// <exception cref="NodeBusyException">Too many proofs are waited for.</exception>
    public async Task<StateEvidence[]> ProveAsync(IReadOnlyList<byte[]> recordKeys, CancellationToken cancel = default) => await ProveAsync(recordKeys, 0, cancel);

    /// <summary>The same for one who knows the change of validators at a height: those up to there are left out.</summary>
    /// <inheritdoc cref="ProveAsync(IReadOnlyList{byte[]}, CancellationToken)" path="/exception"/>
    public async Task<StateEvidence[]> ProveAsync(IReadOnlyList<byte[]> recordKeys, ulong knownChange, CancellationToken cancel = default)
    {
        RefuseClosed();
        if (recordKeys.Count > Proofs.AtOnce) throw new ArgumentException($"At most {Proofs.AtOnce} records are proved at once.", nameof(recordKeys));
        var evidence = await WithCheckpoints(proofs.Prove(recordKeys), cancel);
        if (evidence.Length == 0 || node.Archive.Changes(knownChange, evidence[0].Certificate.Header.Height) is not { Length: > 0 } changes) return evidence;
        return Array.ConvertAll(evidence, one => one with { Changes = changes });
    }

    /// <summary>
    /// Deletes the transactions of old blocks with their outcomes: whole log segments up to a height, and then, of each block whose entry went with them, all but header, certificate
    /// and the places of its transactions. History hashes stay: receipts already given stay valid, and so do consistency proofs.
    /// </summary>
    /// <remarks>
    /// Prunes no further than the second newest snapshot, so that one that turns out to be damaged does not keep the node from opening; and the newest log segment stays. What a crash
    /// leaves undone is done by the next opening.
    /// </remarks>
    /// <param name="toHeight">Up to which block.</param>
    /// <param name="takeSnapshots">Whether to take snapshots first until two are as new; a node without a validator's key takes none.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Up to which block all is pruned now; 0 where nothing is.</returns>
    /// <exception cref="DamagedException">One of the two snapshots is damaged: nothing is pruned.</exception>
    public async Task<ulong> PruneAsync(ulong toHeight, bool takeSnapshots = true, CancellationToken cancel = default)
    {
        RefuseClosed();
        if (Head is not { } head) return 0;
        var wanted = Math.Min(toHeight, head.Header.Height);
        while (takeSnapshots && node.Validator is not null && SecondSnapshot() < wanted) await WithCheckpoints(rhythm.Want(), cancel);
        var height = Math.Min(wanted, SecondSnapshot());
        if (height > 0)
        {
            foreach (var each in node.Snapshots.Heights())
                if (node.Snapshots.Check(each) is { } wrong) throw new DamagedException(SnapshotStore.NameOf(each), 0, wrong);
            await node.Log.PruneAsync((long)node.Archive.Record(height).Header.LogPosition + 1, cancel);
        }
        return node.Archive.Prune((await node.Log.RangeAsync(cancel)).First);
    }

    /// <summary>Finishes what it has accepted, among others for <see cref="PipelineOptions.FarewellAtMost"/> at most: it takes them and the shared log; and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0) return;
        await door.DisposeAsync();
        sequencer.Close();
        try
        {
            if (node.Validator is not null)
            {
                if (node.Shared is null) await Farewell();
                else await Farewell().WaitAsync(node.Options.FarewellAtMost, node.Clock, node.Failure.Stop);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            // It had stopped already, the log takes nothing, or the others are not there to certify.
        }
        var why = new NodeStoppedException("The node has been closed.");
        node.Failure.Set(why);
        await Task.WhenAll(stages);
        await rhythm.Finish(node.Failure.Why!);
        await node.Log.DisposeAsync();
        promises?.Dispose();
        node.Archive.Blocks.Dispose();
        node.Metrics.Dispose();
        node.Failure.Dispose();
        folderLock.Dispose();
    }

    private static void Refuse(Ledger ledger, NodeSetup setup)
    {
        if (setup.Validator is not { } validator) return;
        // Among others it follows until it has been voted in, and after it has been voted out.
        if (setup.Shared is not null) return;
        if (ledger.Validators.Find(validator.Id) is null) throw new InvalidOperationException($"The key {validator.Id} is none of this ledger's validators.");
        if (ledger.Validators.Quorum > 1) throw new InvalidOperationException($"A certificate of this ledger takes {ledger.Validators.Quorum} validators; this node works alone.");
    }

    private Certifier CertifierOf() => node.Shared is { } shared ? new JointCertifier(node, node.Validator, shared, promises, watch) : new LoneCertifier(node.Validator!);

    // What was taken here and given up with the old order; what is in the history has its answer, and what has expired is void.
    private void AppendAgain(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        if (node.Validator is null) return;
        var transactions = new List<ReadOnlyMemory<byte>>();
        foreach (var entry in entries)
            foreach (var transaction in EpochStart.EntryOf(entry)?.Transactions ?? [])
                if (transaction.Expiry > node.Now && node.Archive.Answered(transaction.Id) is null) transactions.Add(transaction.Cose);
        if (transactions.Count > 0) _ = door.Submit(new Submission(transactions, WaitFor.Final), always: true);
    }

    private async Task CatchUp(CancellationToken cancel)
    {
        // Among others it takes others to certify what it has executed: it serves what it has meanwhile.
        if (node.Validator is null || node.Shared is not null) return;
        var last = (ulong)(await node.Log.RangeAsync(cancel)).Last;
        while (true)
        {
            var next = node.Moved.Next;
            var (position, height) = Read(ledger => (ledger.LogPosition, ledger.Head?.Height ?? 0));
            if (position >= last && (Head?.Header.Height ?? 0) >= height && node.Now.Seconds - node.Progress.Now <= Sequencer.HourAtMost) return;
            if (node.Failure.Why is { } why) throw why.InnerException as IOException ?? (Exception)why;
            sequencer.Poke();
            await next.WaitAsync(cancel);
        }
    }

    private async Task Farewell()
    {
        await stages[0];
        await sequencer.AllExecuted();
        if (node.Shared is null) return;
        while (true)
        {
            var next = node.Moved.Next;
            if ((Head?.Header.Height ?? 0) >= Read(ledger => ledger.Head?.Height ?? 0)) return;
            await next;
        }
    }

    private async Task<T> WithCheckpoints<T>(Task<T> wanted, CancellationToken cancel)
    {
        sequencer.WantCheckpoints(1);
        try
        {
            return await wanted.WaitAsync(cancel);
        }
        finally
        {
            sequencer.WantCheckpoints(-1);
        }
    }

    private ulong SecondSnapshot() => node.Snapshots.Heights() is [_, var second, ..] ? second : 0;

    private IEnumerable<Task> Stages(Channel<Executed> executed, Func<NodeParts, PromiseFile, Certifier>? certifying)
    {
        // Without key and shared order it shows what is stored.
        if (node.Validator is null && node.Shared is null) yield break;
        if (node.Validator is not null) yield return Run(sequencer.RunAsync);
        var certifier = certifying?.Invoke(node, promises!) ?? CertifierOf();
        yield return Run(new ExecutionStage(node, sequencer, proofs, rhythm, watch, executed.Writer).RunAsync);
        yield return Run(new FinalStage(node, proofs, rhythm, certifier, executed.Reader).RunAsync);
        yield return Run(certifier.RunAsync);
        yield return Run(FailAll);
        if (node.Shared is not { } shared) yield break;
        yield return Run(new Mirror(node, shared).RunAsync);
        yield return Run(() => watch.RunAsync(shared));
        if (node.Validator is not null) yield return Run(new SharedPruning(node, shared.Log).RunAsync);
    }

    private Task Run(Func<Task> stage) => Task.Factory.StartNew(() => Guarded(stage), CancellationToken.None, TaskCreationOptions.DenyChildAttach, node.Scheduler).Unwrap();

    private async Task Guarded(Func<Task> stage)
    {
        try
        {
            await stage();
        }
        catch (OperationCanceledException) when (node.Failure.Why is not null)
        {
            // The node has stopped, and it is known why.
        }
        catch (Exception fault)
        {
            node.Failure.Set(fault);
        }
    }

    private async Task FailAll()
    {
        await node.Failure.Stopped;
        sequencer.FailAll(node.Failure.Why!);
        proofs.FailAll(node.Failure.Why!);
        _ = rhythm.Finish(node.Failure.Why!);
    }

    // Every stage and every follower looks again, and sees that the node has stopped.
    private void Wake()
    {
        sequencer.Poke();
        node.Moved.Set();
    }

    private void RefuseClosed(bool faultToo = true)
    {
        if (Volatile.Read(ref closed) != 0) throw new NodeStoppedException("The node has been closed.");
        if (faultToo) node.Failure.ThrowIfSet();
    }
}
