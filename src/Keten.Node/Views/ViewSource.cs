using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;

namespace Keten.Node.Views;

/// <summary>What views are made from: final blocks, and the few records that blocks point at.</summary>
/// <param name="LedgerId">Of which ledger.</param>
/// <param name="Follow">The final blocks after a height, and then each new one.</param>
/// <param name="HeaderAt">The hash of the header of a height, or null where the ledger has none.</param>
/// <param name="PartyOf">Whose key it is, or null.</param>
/// <param name="Agreements">The agreements of these numbers as they are now, in the same order.</param>
public sealed record ViewSource(
    Hash LedgerId,
    Func<ulong, CancellationToken, IAsyncEnumerable<FinalBlock>> Follow,
    Func<ulong, Hash?> HeaderAt,
    Func<KeyId, Party?> PartyOf,
    Func<IReadOnlyList<ulong>, IReadOnlyList<AgreementNow>> Agreements);

/// <summary>What the list of agreements needs of one.</summary>
/// <param name="Contract">The version that it keeps.</param>
/// <param name="Opened">When.</param>
/// <param name="Ended">Whether only corrections still run.</param>
/// <param name="Readers">Who may read it.</param>
public readonly record struct AgreementNow(Contract Contract, Instant Opened, bool Ended, Readers Readers);
