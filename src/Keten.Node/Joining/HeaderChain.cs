using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Joining;

/// <summary>What one node gives another of a block that was certified: the certificate, and the new validators where the block changed them.</summary>
/// <param name="Certificate">With the header.</param>
/// <param name="Next">Whose hash the header names as the next; null where they stay.</param>
internal sealed record CertifiedBlock(Certificate Certificate, ValidatorSet? Next)
{
    public Header Header => Certificate.Header;

    /// <summary>[certificate, validators or null].</summary>
    public void Write(CborWriter writer)
    {
        writer.Array(2);
        writer.Bytes(Certificate.ToBytes());
        if (Next is null) writer.Null();
        else writer.Bytes(Next.ToBytes());
    }

    /// <summary>Reads the answer to a question for certificates.</summary>
    /// <exception cref="PeerFaultException">It is none.</exception>
    public static List<CertifiedBlock> Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new CborReader(answer);
            var found = new List<CertifiedBlock>();
            for (var left = reader.Array(Serving.CertificatesAtOnce); left > 0; left--)
            {
                reader.ArrayOf(2);
                found.Add(new CertifiedBlock(Certificate.FromBytes(reader.Bytes()), reader.TryNull() ? null : ValidatorSet.FromBytes(reader.Bytes())));
            }
            reader.End();
            return found;
        }
        catch (MalformedException fault)
        {
            throw new PeerFaultException("What should be certificates cannot be read.", fault);
        }
    }
}

/// <summary>
/// Certified headers, each of which must follow from the one before: what a node that executed nothing of it can know. Each is certified by the validators that those before it decided, from the
/// genesis or from what is known on.
/// </summary>
/// <param name="ledger">Which ledger.</param>
/// <param name="validators">Who certifies the first.</param>
/// <param name="keys">Their keys, ready to verify with.</param>
/// <param name="last">The header that is known; null: none yet.</param>
internal sealed class HeaderChain(Hash ledger, ValidatorSet validators, KeyCache keys, Header? last)
{
    public Header? Last { get; private set; } = last;

    /// <summary>Who certifies the next.</summary>
    public ValidatorSet Validators { get; private set; } = validators;

    /// <summary>Takes the next.</summary>
    /// <exception cref="PeerFaultException">It is not the next, or not certified by those who were to, or comes with other validators than it decided.</exception>
    public void Take(CertifiedBlock block)
    {
        var header = block.Header;
        var why = header.LedgerId != ledger ? "is of another ledger"
            : header.Height != (Last?.Height ?? 0) + 1 ? "is not of the height that was asked for"
            : header.Previous != (Last?.Hash ?? default) ? "does not follow from the header before it"
            : Last is not null && (header.LogPosition <= Last.LogPosition || header.HistorySize < Last.HistorySize || header.Time < Last.Time || header.Epoch < Last.Epoch) ? "runs back"
            : !block.Certificate.Verify(Validators, keys) ? "is not signed by a quorum of the validators"
            : header.Next != (block.Next ?? Validators).Hash || header.Next == header.Validators != block.Next is null ? "comes with other validators than it decided" : null;
        if (why is not null) throw new PeerFaultException($"The certificate of block {header.Height} {why}.");
        (Last, Validators) = (header, block.Next ?? Validators);
    }
}
