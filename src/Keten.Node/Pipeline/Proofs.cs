using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Node.Pipeline;

/// <summary>
/// Proofs of records. They are taken at the first checkpoint that holds all that the asker could have seen, by whoever asked and a few at a time, so that execution waits for none of
/// them; and are evidence once a later header, certified, carries that checkpoint's root. All that wait for a checkpoint share it.
/// </summary>
internal sealed class Proofs(StateGate state, ulong head)
{
    /// <summary>No request asks for more records.</summary>
    public const int AtOnce = 1_000;

    // Some 2 KB each while they are waited for.
    private const int AtMost = 50_000;
    private const int TakenAtOnce = 128;

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, TaskCompletionSource<Certificate>> carried = [];
    private TaskCompletionSource<ulong> checkpoint = New<ulong>();
    private ulong contentHeight = head;
    private int wanted;
    private Exception? stopped;

    /// <summary>Proofs of records under one certified header.</summary>
    /// <exception cref="MalformedException">A key is no record's.</exception>
    /// <exception cref="NodeBusyException">Too many are waited for.</exception>
    public async Task<StateEvidence[]> Prove(IReadOnlyList<byte[]> keys)
    {
        if (Interlocked.Add(ref wanted, keys.Count) > AtMost && keys.Count > 0)
        {
            Interlocked.Add(ref wanted, -keys.Count);
            throw new NodeBusyException($"The node proves {AtMost} records at once, and no more.");
        }
        try
        {
            await state.Read(ledger => Checkpoint(ledger, keys));
            var taken = new (byte[]? Value, StateProof Proof)[keys.Count];
            var certificate = await Take(keys, taken);
            var evidence = new StateEvidence[keys.Count];
            for (var each = 0; each < evidence.Length; each++) evidence[each] = new StateEvidence(keys[each], taken[each].Value, taken[each].Proof, certificate);
            return evidence;
        }
        finally
        {
            Interlocked.Add(ref wanted, -keys.Count);
        }
    }

    /// <summary>A block has been executed; the caller holds the state.</summary>
    public void Executed(Block block)
    {
        if (block.Transactions.Count > 0 || block.Outcomes.Calls.Count > 0) contentHeight = block.Header.Height;
        if (block.Checkpoint is null) return;
        lock (gate)
        {
            checkpoint.TrySetResult(block.Header.Height);
            checkpoint = New<ulong>();
        }
    }

    /// <summary>A block has become final.</summary>
    public void Final(Certificate certificate)
    {
        lock (gate)
            if (carried.Remove(certificate.Header.StateHeight, out var waiting)) waiting.TrySetResult(certificate);
    }

    public void FailAll(Exception why)
    {
        lock (gate)
        {
            stopped = why;
            Fail(checkpoint, why);
            foreach (var (_, waiting) in carried) Fail(waiting, why);
            carried.Clear();
        }
    }

    // The checkpoint that holds all that has been executed by now; the caller holds the state, so that none passes by.
    private Task Checkpoint(Ledger ledger, IReadOnlyList<byte[]> keys)
    {
        foreach (var key in keys) _ = ledger.State.AtCheckpoint(key);
        lock (gate)
        {
            if (stopped is not null) return Task.FromException(stopped);
            return ledger.Latest is { } latest && contentHeight <= latest.Height ? Task.CompletedTask : checkpoint.Task;
        }
    }

    // Where a checkpoint passes meanwhile, from the beginning again: all are of the same.
    private Task<Certificate> Take(IReadOnlyList<byte[]> keys, (byte[]? Value, StateProof Proof)[] taken)
    {
        var (height, done, certified) = (0UL, 0, (Task<Certificate>?)null);
        while (certified is null)
        {
            state.Read(ledger =>
            {
                var latest = ledger.Latest!.Height;
                if (latest != height) (height, done) = (latest, 0);
                for (var until = Math.Min(keys.Count, done + TakenAtOnce); done < until; done++)
                {
                    var (_, value, proof) = ledger.Prove(keys[done])!.Value;
                    taken[done] = (value, proof);
                }
                // No header carries this checkpoint yet: the next checkpoint's is the first.
                if (done == keys.Count) certified = Carried(height);
                return true;
            });
        }
        return certified;
    }

    private Task<Certificate> Carried(ulong height)
    {
        lock (gate)
        {
            if (stopped is not null) return Task.FromException<Certificate>(stopped);
            if (!carried.TryGetValue(height, out var waiting)) carried.Add(height, waiting = New<Certificate>());
            return waiting.Task;
        }
    }

    private static void Fail<T>(TaskCompletionSource<T> waiting, Exception why)
    {
        if (waiting.TrySetException(why)) _ = waiting.Task.Exception;
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
