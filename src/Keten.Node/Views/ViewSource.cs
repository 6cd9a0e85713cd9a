using Keten.Kernel;
using Keten.Kernel.Blocks;
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
    Func<IReadOnlyList<ulong>, IReadOnlyList<AgreementNow>> Agreements)
{
    /// <summary>A node's.</summary>
    public static ViewSource Of(LedgerNode node) => new(
        node.LedgerId, node.FollowAsync, height => node.CertificateOf(height)?.Header.Hash, key => node.Read(ledger => ledger.State.KeyOf(key)?.Party),
        numbers => node.Read(ledger => Of(ledger, numbers)));

    /// <summary>The agreements of a ledger, which nobody changes meanwhile.</summary>
    public static IReadOnlyList<AgreementNow> Of(Ledger ledger, IReadOnlyList<ulong> numbers)
    {
        var now = new AgreementNow[numbers.Count];
        for (var each = 0; each < now.Length; each++)
        {
            var record = ledger.State.Agreement(numbers[each]) ?? throw new KeyNotFoundException("A block speaks of an agreement that the ledger does not have.");
            now[each] = new AgreementNow(record.Contract, record.Opened, record.Ended, ledger.ReadersOf(numbers[each])!.Value);
        }
        return now;
    }
}

/// <summary>What the list of agreements needs of one.</summary>
/// <param name="Contract">The version that it keeps.</param>
/// <param name="Opened">When.</param>
/// <param name="Ended">Whether only corrections still run.</param>
/// <param name="Readers">Who may read it.</param>
public readonly record struct AgreementNow(Contract Contract, Instant Opened, bool Ended, Readers Readers);
