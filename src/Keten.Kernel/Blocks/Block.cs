using Keten.Kernel.Execution;

namespace Keten.Kernel.Blocks;

/// <summary>The transactions of one log entry, executed.</summary>
/// <param name="Header">What it sums up to.</param>
/// <param name="Transactions">The entry's, in order, void ones included; their decisions stand in the same order.</param>
/// <param name="FirstHistory">The history index of the first transaction that was decided.</param>
/// <param name="Outcomes">What each call and wake-up did.</param>
/// <param name="Checkpoint">The checkpoint that this block ended, if it did.</param>
/// <param name="Validators">Who certifies the header: those of the header before, whatever this block decided.</param>
/// <param name="Next">Who signs entries and certifies headers after it; the same unless this block changed it.</param>
public sealed record Block(Header Header, IReadOnlyList<Transaction> Transactions, ulong FirstHistory, BlockOutcomes Outcomes, Checkpoint? Checkpoint, ValidatorSet Validators, ValidatorSet Next);
