using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>Which part of a receipt does not hold.</summary>
public enum ReceiptFault
{
    /// <summary>All of it holds.</summary>
    None = 0,

    /// <summary>The bytes are not a receipt in canonical form.</summary>
    Malformed = 1,

    /// <summary>It is of another ledger.</summary>
    WrongLedger = 2,

    /// <summary>The validators' certificate does not hold for this transaction: it, its signature, its place or the header were changed, or others attested it; or a change of validators does not hold.</summary>
    Certificate = 3,

    /// <summary>What the calls did does not lead to the header's outcome root, or is another transaction's.</summary>
    Outcome = 4,
}

/// <summary>Checks receipts with nothing but the genesis: no node, no network.</summary>
public static class ReceiptCheck
{
    /// <summary>Checks every part. Who checks many hands in a <see cref="KnownCertificates"/> instead.</summary>
    public static ReceiptFault Check(ReadOnlySpan<byte> bytes, Genesis genesis, out Receipt? receipt) =>
        (receipt = TryRead(bytes)) is null ? ReceiptFault.Malformed : Check(receipt, genesis);

    /// <summary>Checks every part; a certificate that held before is not verified again.</summary>
    public static ReceiptFault Check(ReadOnlySpan<byte> bytes, KnownCertificates known, out Receipt? receipt) =>
        (receipt = TryRead(bytes)) is null ? ReceiptFault.Malformed : Check(receipt, known);

    /// <summary>Checks every part of one that has been read.</summary>
    public static ReceiptFault Check(Receipt receipt, Genesis genesis)
    {
        var ledger = genesis.LedgerId;
        if (receipt.Header.LedgerId != ledger || receipt.Transaction.LedgerId != ledger) return ReceiptFault.WrongLedger;
        var validators = new ValidatorHistory(genesis);
        if (!validators.Take(receipt.Changes) || !validators.Certifies(receipt.Certificate)) return ReceiptFault.Certificate;
        return HoldsOutcomes(receipt) ? ReceiptFault.None : ReceiptFault.Outcome;
    }

    /// <summary>Checks every part of one that has been read; a certificate that held before is not verified again.</summary>
    public static ReceiptFault Check(Receipt receipt, KnownCertificates known)
    {
        if (receipt.Header.LedgerId != known.LedgerId || receipt.Transaction.LedgerId != known.LedgerId) return ReceiptFault.WrongLedger;
        if (!known.Holds(receipt.Certificate, receipt.Changes)) return ReceiptFault.Certificate;
        return HoldsOutcomes(receipt) ? ReceiptFault.None : ReceiptFault.Outcome;
    }

    private static Receipt? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Receipt.FromBytes(bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static bool HoldsOutcomes(Receipt receipt)
    {
        if (receipt.Outcomes.Count == 0) return false;
        foreach (var outcome in receipt.Outcomes)
        {
            if (!MerkleProof.VerifyInclusion(outcome.Index, receipt.Header.OutcomeCount, MerkleProof.LeafHash(outcome.Leaf), outcome.Path, receipt.Header.OutcomeRoot)) return false;
            try
            {
                if (OutcomeLeaf.Read(outcome.Leaf).Origin != receipt.Transaction.Id) return false;
            }
            catch (MalformedException)
            {
                return false;
            }
        }
        return true;
    }
}
