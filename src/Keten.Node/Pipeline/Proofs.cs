using Keten.Kernel.Blocks;
using Keten.Kernel.Trees;

namespace Keten.Node.Pipeline;

/// <summary>
/// Proofs that are waited for. One is taken at the first checkpoint that holds all that the asker could have seen, and is evidence once a later header, certified, carries that root.
/// </summary>
internal sealed class Proofs(ulong head)
{
    private const int AtMost = 1_000;
    private readonly Lock gate = new();
    private readonly List<Wanted> wanted = [];
    private ulong contentHeight = head;

    /// <summary>Asks for one; the caller holds the state.</summary>
    /// <exception cref="Kernel.Cbor.MalformedException">The key is no record's.</exception>
    public Task<StateEvidence> Add(Ledger ledger, byte[] key)
    {
        _ = ledger.State.AtCheckpoint(key);
        var one = new Wanted(key);
        if (ledger.Latest is { } latest && contentHeight <= latest.Height) one.Take(ledger);
        lock (gate)
        {
            if (wanted.Count >= AtMost) throw new InvalidOperationException($"The node proves {AtMost} records at once, and no more.");
            wanted.Add(one);
        }
        return one.Task;
    }

    /// <summary>A block has been executed; the caller holds the state.</summary>
    public void Executed(Ledger ledger, Block block)
    {
        if (block.Transactions.Count > 0 || block.Outcomes.Calls.Count > 0) contentHeight = block.Header.Height;
        lock (gate)
        {
            foreach (var one in wanted)
            {
                if (one.Taken is { } taken && one.CarriedBy == 0 && block.Header.StateHeight == taken.Height) one.CarriedBy = block.Header.Height;
                if (one.Taken is null && block.Checkpoint is not null) one.Take(ledger);
            }
        }
    }

    /// <summary>A block has become final.</summary>
    public void Final(Certificate certificate)
    {
        lock (gate)
        {
            foreach (var one in wanted)
                if (one.CarriedBy == certificate.Header.Height) one.SetResult(new StateEvidence(one.Key, one.Taken!.Value.Value, one.Taken.Value.Proof, certificate));
            wanted.RemoveAll(one => one.Task.IsCompleted);
        }
    }

    public void FailAll(Exception why)
    {
        lock (gate)
        {
            foreach (var one in wanted)
                if (one.TrySetException(why)) _ = one.Task.Exception;
            wanted.Clear();
        }
    }

    private sealed class Wanted(byte[] key) : TaskCompletionSource<StateEvidence>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public byte[] Key => key;

        public (ulong Height, byte[]? Value, StateProof Proof)? Taken { get; private set; }

        public ulong CarriedBy { get; set; }

        public void Take(Ledger ledger) => Taken = ledger.Prove(key);
    }
}
