using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>What one call of a transaction did, and the path from it to the header's outcome root.</summary>
/// <param name="Leaf">The leaf's bytes; see docs/formats.md, «Outcome leaf».</param>
/// <param name="Index">Its place in the block.</param>
/// <param name="Path">From it to the outcome root.</param>
public sealed record OutcomeEvidence(byte[] Leaf, ulong Index, Hash[] Path);

/// <summary>
/// Proof that a transaction was decided, and how. It is the transaction itself, COSE as it was signed, with a COSE receipt (RFC 9942) for each attestation in its unprotected header,
/// so that any tool that knows such receipts can check it; beside them what its calls did. It stays valid when the node that gave it has pruned or is gone.
/// </summary>
/// <param name="Transaction">The transaction, as it was signed.</param>
/// <param name="HistoryIndex">Its place among all decided transactions.</param>
/// <param name="HistoryPath">From its leaf to the history root.</param>
/// <param name="Outcomes">What its calls did; of a refused transaction, the call that was refused.</param>
/// <param name="Certificate">Of the header of its block.</param>
public sealed record Receipt(Transaction Transaction, ulong HistoryIndex, Hash[] HistoryPath, IReadOnlyList<OutcomeEvidence> Outcomes, Certificate Certificate)
{
    /// <summary>The header parameter under which a statement carries its receipts.</summary>
    public const long ReceiptsLabel = 394;

    /// <summary>The header parameter under which a receipt carries its proofs.</summary>
    public const long ProofsLabel = 396;

    /// <summary>Keten's own header parameter: what the calls did.</summary>
    public const long OutcomesLabel = -70_002;

    /// <summary>Keten's own header parameter: the changes of validators before the header.</summary>
    public const long ChangesLabel = -70_003;

    /// <summary>No receipt shows more calls.</summary>
    public const int OutcomesAtMost = 16;

    /// <summary>The changes of validators before the header, by which whoever knows the genesis alone knows who they were.</summary>
    public IReadOnlyList<SetChange> Changes { get; init; } = [];

    /// <summary>The header: what was final, and when.</summary>
    public Header Header => Certificate.Header;

    /// <summary>The canonical form: the transaction with its receipts in the unprotected header.</summary>
    public byte[] ToBytes()
    {
        var cose = Transaction.Cose.Span;
        var at = UnprotectedAt(cose);
        var writer = new CborWriter(cose.Length + 1024);
        writer.Raw(cose[..at]);
        WriteUnprotected(writer);
        writer.Raw(cose[(at + 1)..]);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not a receipt, or its parts do not belong together.</exception>
    public static Receipt FromBytes(ReadOnlySpan<byte> bytes)
    {
        var at = UnprotectedAt(bytes);
        var reader = new CborReader(bytes[at..]);
        var parameters = reader.Map(3);
        if (parameters < 2 || reader.Unsigned() != ReceiptsLabel) throw reader.Fault("A receipt stands under 394 in the unprotected header.");
        var certificate = ReadReceipts(ref reader, out var index, out var path);
        if (reader.Integer() != OutcomesLabel) throw reader.Fault("What the calls did stands under -70002.");
        var outcomes = ReadOutcomes(ref reader);
        var changes = Array.Empty<SetChange>();
        if (parameters == 3)
        {
            if (reader.Integer() != ChangesLabel) throw reader.Fault("Changes of validators stand under -70003.");
            changes = SetChange.Read(ref reader);
            if (changes.Length == 0) throw reader.Fault("Where nothing has changed, nothing is said of it.");
        }
        byte[] cose = [.. bytes[..at], 0xa0, .. bytes[(at + reader.Offset)..]];
        var transaction = Transaction.Parse(cose);
        // The root is not in the receipt: it is what leaf and path give, and the attestations then hold for it or do not.
        if (!MerkleProof.TryRoot(index, certificate.Header.HistorySize, transaction.Leaf, path, out var root)) throw new MalformedException("The history path does not fit its size.");
        var receipt = new Receipt(transaction, index, path, outcomes, certificate with { Header = certificate.Header with { HistoryRoot = root } }) { Changes = changes };
        return receipt.ToBytes().AsSpan().SequenceEqual(bytes) ? receipt : throw new MalformedException("A receipt is not in canonical form.");
    }

    // After tag, array head and protected header.
    private static int UnprotectedAt(ReadOnlySpan<byte> cose)
    {
        var reader = new CborReader(cose);
        reader.Tag();
        reader.ArrayOf(4);
        reader.Bytes();
        return reader.Offset;
    }

    private void WriteUnprotected(CborWriter writer)
    {
        writer.Map(Changes.Count == 0 ? 2 : 3);
        writer.Unsigned((ulong)ReceiptsLabel);
        writer.Array(Certificate.Attestations.Count);
        var fields = Header.FieldBytes();
        foreach (var attestation in Certificate.Attestations) writer.Bytes(CoseReceipt(attestation, fields));
        writer.Integer(OutcomesLabel);
        writer.Array(Outcomes.Count);
        foreach (var outcome in Outcomes)
        {
            writer.Array(3);
            writer.Bytes(outcome.Leaf);
            writer.Unsigned(outcome.Index);
            WritePath(writer, outcome.Path);
        }
        if (Changes.Count == 0) return;
        writer.Integer(ChangesLabel);
        SetChange.Write(writer, Changes);
    }

    private byte[] CoseReceipt(Attestation attestation, ReadOnlySpan<byte> fields)
    {
        var proof = new CborWriter();
        proof.Array(3);
        proof.Unsigned(Header.HistorySize);
        proof.Unsigned(HistoryIndex);
        WritePath(proof, HistoryPath);
        var writer = new CborWriter(1024);
        writer.Tag(18);
        writer.Array(4);
        writer.Bytes(Attestation.ProtectedBytes(attestation.Validator, fields));
        writer.Map(1);
        writer.Unsigned((ulong)ProofsLabel);
        writer.Map(1);
        writer.Integer(-1);
        writer.Array(1);
        writer.Bytes(proof.Written);
        writer.Null();
        attestation.Signature.Write(writer);
        return writer.ToArray();
    }

    private static Certificate ReadReceipts(ref CborReader reader, out ulong index, out Hash[] path)
    {
        var attestations = new Attestation[reader.Array(ValidatorSet.AtMost)];
        if (attestations.Length == 0) throw reader.Fault("A receipt has one attestation at least.");
        Header? header = null;
        (index, path) = (0, []);
        for (var each = 0; each < attestations.Length; each++)
        {
            var one = new CborReader(reader.Bytes());
            if (one.Tag() != 18) throw one.Fault("A receipt is a COSE_Sign1.");
            one.ArrayOf(4);
            var (validator, fields) = ReadProtected(one.Bytes());
            ReadProof(ref one, out var size, out index, out path);
            if (!one.TryNull()) throw one.Fault("A receipt's payload, the root, is detached.");
            attestations[each] = new Attestation(validator, new Signature(one.Bytes(Signature.Size)));
            one.End();
            header ??= Header.FromFields(fields, default);
            if (header.HistorySize != size) throw one.Fault("The proof is for another size than the header's.");
        }
        return new Certificate(header!, new Many<Attestation>(attestations));
    }

    private static (KeyId Validator, byte[] Fields) ReadProtected(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        if (reader.Map(4) != 4 || reader.Unsigned() != 1 || reader.Integer() != -7 || reader.Unsigned() != 4) throw reader.Fault("A receipt names its algorithm, ES256, and its key.");
        var validator = reader.KeyId();
        if (reader.Unsigned() != (ulong)Attestation.StructureLabel || reader.Unsigned() != 1) throw reader.Fault("The verifiable data structure is 1, RFC 9162 with SHA-256.");
        if (reader.Integer() != Attestation.FieldsLabel) throw reader.Fault("A receipt carries the header's fields under -70001.");
        var fields = reader.Bytes().ToArray();
        reader.End();
        return (validator, fields);
    }

    private static void ReadProof(ref CborReader reader, out ulong size, out ulong index, out Hash[] path)
    {
        if (reader.Map(1) != 1 || reader.Unsigned() != (ulong)ProofsLabel || reader.Map(1) != 1 || reader.Integer() != -1) throw reader.Fault("Inclusion proofs stand under 396, -1.");
        reader.ArrayOf(1);
        var proof = new CborReader(reader.Bytes());
        proof.ArrayOf(3);
        (size, index) = (proof.Unsigned(), proof.Unsigned());
        path = ReadPath(ref proof);
        proof.End();
    }

    private static OutcomeEvidence[] ReadOutcomes(ref CborReader reader)
    {
        var outcomes = new OutcomeEvidence[reader.Array(OutcomesAtMost)];
        for (var each = 0; each < outcomes.Length; each++)
        {
            reader.ArrayOf(3);
            outcomes[each] = new OutcomeEvidence(reader.Bytes().ToArray(), reader.Unsigned(), ReadPath(ref reader));
        }
        return outcomes;
    }

    private static void WritePath(CborWriter writer, Hash[] path)
    {
        writer.Array(path.Length);
        foreach (var hash in path) writer.Hash(hash);
    }

    private static Hash[] ReadPath(ref CborReader reader)
    {
        var path = new Hash[reader.Array(MerkleProof.MaxPath)];
        for (var each = 0; each < path.Length; each++) path[each] = reader.Hash();
        return path;
    }
}
