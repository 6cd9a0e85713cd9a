using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Joining;

/// <summary>Certified headers, each of which must follow from the one before: what a node that executed nothing of it can know.</summary>
/// <param name="ledger">Which ledger.</param>
/// <param name="validators">Who certifies.</param>
/// <param name="keys">Their keys, ready to verify with.</param>
/// <param name="last">The header that is known; null: none yet.</param>
internal sealed class HeaderChain(Hash ledger, ValidatorSet validators, KeyCache keys, Header? last)
{
    public Header? Last { get; private set; } = last;

    /// <summary>Takes the next.</summary>
    /// <exception cref="PeerFaultException">It is not the next, or not certified.</exception>
    public void Take(Certificate certificate)
    {
        var header = certificate.Header;
        var why = header.LedgerId != ledger ? "is of another ledger"
            : header.Height != (Last?.Height ?? 0) + 1 ? "is not of the height that was asked for"
            : header.Previous != (Last?.Hash ?? default) ? "does not follow from the header before it"
            : Last is not null && (header.LogPosition <= Last.LogPosition || header.HistorySize < Last.HistorySize || header.Time < Last.Time) ? "runs back"
            : !certificate.Verify(validators, keys) ? "is not signed by a quorum of the validators" : null;
        if (why is not null) throw new PeerFaultException($"The certificate of block {header.Height} {why}.");
        Last = header;
    }

    /// <summary>Reads the answer to a question for certificates.</summary>
    /// <exception cref="PeerFaultException">It is none.</exception>
    public static List<Certificate> Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new CborReader(answer);
            var found = new List<Certificate>();
            for (var left = reader.Array(Serving.CertificatesAtOnce); left > 0; left--) found.Add(Certificate.FromBytes(reader.Bytes()));
            reader.End();
            return found;
        }
        catch (MalformedException fault)
        {
            throw new PeerFaultException("What should be certificates cannot be read.", fault);
        }
    }
}
