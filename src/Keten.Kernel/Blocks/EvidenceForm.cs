using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>The parts of which evidence is made.</summary>
internal static class EvidenceForm
{
    /// <summary>What a log takes as an entry at most, its envelope included.</summary>
    public const int EntryAtMost = Entry.BytesAtMost + 64 * 1024;

    public static CborWriter Begin(int parts)
    {
        var writer = new CborWriter(1024);
        writer.Array(parts);
        return writer;
    }

    public static void Write(CborWriter writer, Header header, Signature signature)
    {
        writer.Array(3);
        writer.Bytes(header.FieldBytes());
        writer.Hash(header.HistoryRoot);
        signature.Write(writer);
    }

    /// <summary>
    /// Whether bytes are signed as an entry of this ledger, and are none. The signed payload must begin as an entry of the ledger does: a validator signs other things too, which somebody
    /// may put into an entry's envelope.
    /// </summary>
    public static bool IsFaulty(in Hash ledgerId, ReadOnlyMemory<byte> bytes, out KeyId validator)
    {
        validator = default;
        if (bytes.Length > EntryAtMost || Entry.ReadEnvelope(bytes) is not { } envelope) return false;
        validator = envelope.Validator;
        var payload = envelope.Payload.Span;
        if (payload.Length < 3 + Hash.Size || !payload[..3].SequenceEqual((ReadOnlySpan<byte>)[0x85, 0x58, Hash.Size]) || !payload.Slice(3, Hash.Size).SequenceEqual(Hash.Bytes(in ledgerId))) return false;
        if (payload.Length > Entry.BytesAtMost) return true;
        try
        {
            Entry.ReadPayload(payload);
            return false;
        }
        catch (MalformedException)
        {
            return true;
        }
    }
}

/// <summary>Checks evidence against one validator, kind by kind.</summary>
internal readonly ref struct EvidenceCheck(Hash ledgerId, KeyId validator, PublicKey key, ValidatorSet validators)
{
    public bool TwoAttestations(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return Attested(ref reader) is { } one && Attested(ref reader) is { } other && one.Height == other.Height && one.Epoch == other.Epoch && one != other;
    }

    public bool TwoEchoes(ref CborReader reader)
    {
        reader.ArrayOf(6);
        var (epoch, position) = (reader.Unsigned(), reader.Unsigned());
        var one = new Echo(validator, position, reader.Hash(), new Signature(reader.Bytes(Signature.Size)));
        var other = new Echo(validator, position, reader.Hash(), new Signature(reader.Bytes(Signature.Size)));
        var keys = new KeyCache(1);
        return one.LogHash != other.LogHash && one.Verify(ledgerId, epoch, key, keys) && other.Verify(ledgerId, epoch, key, keys);
    }

    public bool OtherAttestation(ref CborReader reader)
    {
        reader.ArrayOf(2);
        var certified = Certificate.FromBytes(reader.Bytes());
        return IsCertified(certified) && Attested(ref reader) is { } header && header.Height == certified.Header.Height && header.Epoch == certified.Header.Epoch && header != certified.Header;
    }

    public bool FaultyEntry(ref CborReader reader)
    {
        reader.ArrayOf(1);
        var bytes = reader.Bytes().ToArray();
        return EvidenceForm.IsFaulty(ledgerId, bytes, out var signer) && signer == validator && IsSigned(bytes);
    }

    public bool BadTransaction(ref CborReader reader)
    {
        reader.ArrayOf(3);
        var bytes = reader.Bytes().ToArray();
        var (place, with) = (reader.Unsigned(Entry.BytesAtMost), Wire.ReadPublicKey(ref reader));
        var entry = Entry.Parse(bytes);
        if (entry.LedgerId != ledgerId || entry.Validator != validator || !IsSigned(bytes) || place >= (ulong)entry.Transactions.Count) return false;
        var transaction = entry.Transactions[(int)place];
        Span<byte> digest = stackalloc byte[Hash.Size];
        for (var each = 0; each < transaction.Signers.Length; each++)
        {
            if (transaction.Signers[each].Key != with.Id) continue;
            transaction.SigningDigest(each, digest);
            return !Es256.Verify(digest, new Signature(transaction.SignatureOf(each)), with);
        }
        return false;
    }

    public bool AbsurdClock(ref CborReader reader, long clockAheadSeconds)
    {
        reader.ArrayOf(3);
        var bytes = reader.Bytes().ToArray();
        var before = reader.Hash();
        var certified = Certificate.FromBytes(reader.Bytes());
        var entry = Entry.Parse(bytes);
        return entry.Validator == validator && IsSigned(bytes) && IsCertified(certified) && Ledger.Chain(before, bytes) == certified.Header.LogHash
            && Ledger.IsAbsurd(entry.Clock, certified.Header.Time, clockAheadSeconds);
    }

    private bool IsCertified(Certificate certificate) => certificate.Header.LedgerId == ledgerId && certificate.Verify(validators);

    private bool IsSigned(ReadOnlyMemory<byte> entry) => ImportedKey.TryImport(key, out var imported) && Entry.ReadEnvelope(entry)?.IsSignedBy(imported) == true;

    private Header? Attested(ref CborReader reader)
    {
        reader.ArrayOf(3);
        var fields = reader.Bytes();
        var header = Header.FromFields(fields, reader.Hash());
        return header.LedgerId == ledgerId && new Attestation(validator, new Signature(reader.Bytes(Signature.Size))).Verify(header, key) ? header : null;
    }
}
