using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;

namespace Keten.Node.Pipeline;

/// <summary>A block that is final, with what views and streams need of it.</summary>
/// <param name="Certificate">Of its header.</param>
/// <param name="Transactions">The decided ones and the void ones, in order.</param>
/// <param name="Outcomes">What each call and wake-up did.</param>
/// <param name="Readers">For each event of the outcomes, in order: who may read it, as of this block.</param>
public sealed record FinalBlock(Certificate Certificate, IReadOnlyList<Transaction> Transactions, BlockOutcomes Outcomes, IReadOnlyList<Readers> Readers);
