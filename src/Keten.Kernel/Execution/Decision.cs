namespace Keten.Kernel.Execution;

/// <summary>What became of a transaction.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Refusal">Why not, or null where all of it was done.</param>
/// <param name="Contract">The code of the contract that refused; 0 for the kernel.</param>
/// <param name="Call">Which call was refused, from 0.</param>
public readonly record struct Decision(Hash Id, IRefusal? Refusal, ushort Contract, int Call)
{
    /// <summary>Whether all of it was done.</summary>
    public bool IsAccepted => Refusal is null;

    /// <summary>Whether it was never decided: nothing was consumed, and nothing of it is in the history.</summary>
    public bool IsVoid => Refusal is KernelRefusal { Voids: true };

    /// <summary>On the wire: contract code ≪ 16 | number; 0 where it was done.</summary>
    public uint Code => Refusal is null ? 0 : (uint)Contract << 16 | Refusal.Number;
}

/// <summary>What one call or wake-up did: the content of a leaf of the outcome tree.</summary>
/// <param name="Origin">The transaction's id; of a wake-up, SHA-256 of [agreement, clause, arguments, height].</param>
/// <param name="Index">The call's place in its transaction; 0 for a wake-up.</param>
/// <param name="Code">0 where it was done, otherwise the refusal's code.</param>
/// <param name="Agreement">The agreement that it was on, or that it opened; 0 for a kernel call or none.</param>
/// <param name="Clause">The clause's number.</param>
/// <param name="Postings">Its part of <see cref="BlockOutcomes.Postings"/>.</param>
/// <param name="Events">Its part of <see cref="BlockOutcomes.Events"/>.</param>
/// <param name="Leaf">Its bytes within <see cref="BlockOutcomes.Bytes"/>.</param>
public readonly record struct CallOutcome(Hash Origin, int Index, uint Code, ulong Agreement, ushort Clause, Range Postings, Range Events, Range Leaf);

/// <summary>Something that happened under an agreement.</summary>
/// <param name="Agreement">Which agreement.</param>
/// <param name="Contract">Of which contract.</param>
/// <param name="Number">Which of the contract's events.</param>
/// <param name="Content">Its canonical bytes within <see cref="BlockOutcomes.EventBytes"/>.</param>
public readonly record struct EventRecord(ulong Agreement, Contract Contract, ushort Number, Range Content);
