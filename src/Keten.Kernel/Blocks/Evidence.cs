using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>What a validator did that none does who follows the rules.</summary>
public enum Misbehaviour
{
    /// <summary>It attested two headers of one height in one epoch.</summary>
    TwoAttestations = 1,

    /// <summary>It said of one position, in one epoch, that it had read two orders.</summary>
    TwoEchoes = 2,

    /// <summary>It attested another header than the one that was certified. Its program or data differ, or it lies.</summary>
    OtherAttestation = 3,

    /// <summary>It signed an entry of this ledger that does not decode, or is longer than an entry may be.</summary>
    FaultyEntry = 4,

    /// <summary>It signed an entry with a transaction whose signature does not verify.</summary>
    BadTransaction = 5,

    /// <summary>It stated a clock further from ledger time than the ledger's parameters allow.</summary>
    AbsurdClock = 6,
}

/// <summary>
/// Signed evidence of a validator's misbehaviour: whoever has the ledger's validators and parameters can check it, offline and without trusting who kept it. Nothing that a validator signs
/// who follows the rules can be made into evidence against it, whoever repeats it and wherever.
/// </summary>
/// <param name="Kind">What it did.</param>
/// <param name="LedgerId">In which ledger.</param>
/// <param name="Validator">Who.</param>
/// <param name="Content">What shows it, in CBOR by the kind: docs/formats.md, «Evidence».</param>
public sealed record Evidence(Misbehaviour Kind, Hash LedgerId, KeyId Validator, ReadOnlyMemory<byte> Content)
{
    /// <summary>No evidence is longer.</summary>
    public const int BytesAtMost = EvidenceForm.EntryAtMost + 8192;

    /// <summary>Two headers of one height that a validator attested.</summary>
    public static Evidence OfTwoAttestations(Header one, in Attestation first, Header other, in Attestation second)
    {
        var writer = EvidenceForm.Begin(2);
        EvidenceForm.Write(writer, one, first.Signature);
        EvidenceForm.Write(writer, other, second.Signature);
        return new Evidence(Misbehaviour.TwoAttestations, one.LedgerId, first.Validator, writer.ToArray());
    }

    /// <summary>Two words of a validator on what stands up to one position.</summary>
    public static Evidence OfTwoEchoes(in Hash ledgerId, ulong epoch, in Echo first, in Echo second)
    {
        var writer = EvidenceForm.Begin(6);
        writer.Unsigned(epoch);
        writer.Unsigned(first.Position);
        writer.Hash(first.LogHash);
        first.Signature.Write(writer);
        writer.Hash(second.LogHash);
        second.Signature.Write(writer);
        return new Evidence(Misbehaviour.TwoEchoes, ledgerId, first.Validator, writer.ToArray());
    }

    /// <summary>An attestation beside the certificate of another header of the same height.</summary>
    public static Evidence OfOtherAttestation(Certificate certified, Header attested, in Attestation attestation)
    {
        var writer = EvidenceForm.Begin(2);
        writer.Bytes(certified.ToBytes());
        EvidenceForm.Write(writer, attested, attestation.Signature);
        return new Evidence(Misbehaviour.OtherAttestation, attested.LedgerId, attestation.Validator, writer.ToArray());
    }

    /// <summary>An entry that its validator could have seen to be none, as the log gave it; null where it is not signed as one of this ledger's, or is in order.</summary>
    public static Evidence? OfFaultyEntry(in Hash ledgerId, ReadOnlyMemory<byte> entry)
    {
        if (!EvidenceForm.IsFaulty(ledgerId, entry, out var validator)) return null;
        var writer = EvidenceForm.Begin(1);
        writer.Bytes(entry.Span);
        return new Evidence(Misbehaviour.FaultyEntry, ledgerId, validator, writer.ToArray());
    }

    /// <summary>An entry, and which of its transactions does not verify with which key.</summary>
    public static Evidence OfBadTransaction(Entry entry, int place, in PublicKey key)
    {
        var writer = EvidenceForm.Begin(3);
        writer.Bytes(entry.Bytes.Span);
        writer.Unsigned((ulong)place);
        Wire.Write(writer, key);
        return new Evidence(Misbehaviour.BadTransaction, entry.LedgerId, entry.Validator, writer.ToArray());
    }

    /// <summary>An entry, the running hash of the log before it, and the certificate of the block that came of it, which says what time it was.</summary>
    public static Evidence OfAbsurdClock(ReadOnlyMemory<byte> entry, in Hash before, Certificate certified)
    {
        var writer = EvidenceForm.Begin(3);
        writer.Bytes(entry.Span);
        writer.Hash(before);
        writer.Bytes(certified.ToBytes());
        return new Evidence(Misbehaviour.AbsurdClock, certified.Header.LedgerId, Entry.Parse(entry).Validator, writer.ToArray());
    }

    /// <summary>Whether it shows what it says of somebody who was a validator at some time that is known.</summary>
    /// <param name="validators">As far as changes of them are known: evidence against one who came later takes the change that brought it.</param>
    /// <param name="clockAheadSeconds">How far from ledger time a clock may be stated, as the ledger's parameters say.</param>
    public bool Verify(ValidatorHistory validators, long clockAheadSeconds)
    {
        if (LedgerId != validators.LedgerId) return false;
        foreach (var set in validators.Sets)
            if (Verify(set, clockAheadSeconds)) return true;
        return false;
    }

    /// <summary>Whether it shows what it says.</summary>
    /// <param name="validators">Those of the time: one of them is accused, and certificates in it are theirs.</param>
    /// <param name="clockAheadSeconds">How far from ledger time a clock may be stated, as the ledger's parameters say.</param>
    public bool Verify(ValidatorSet validators, long clockAheadSeconds)
    {
        if (validators.Find(Validator) is not { } key) return false;
        try
        {
            var check = new EvidenceCheck(LedgerId, Validator, key, validators);
            var reader = new CborReader(Content.Span);
            var holds = Kind switch
            {
                Misbehaviour.TwoAttestations => check.TwoAttestations(ref reader),
                Misbehaviour.TwoEchoes => check.TwoEchoes(ref reader),
                Misbehaviour.OtherAttestation => check.OtherAttestation(ref reader),
                Misbehaviour.FaultyEntry => check.FaultyEntry(ref reader),
                Misbehaviour.BadTransaction => check.BadTransaction(ref reader),
                Misbehaviour.AbsurdClock => check.AbsurdClock(ref reader, clockAheadSeconds),
                _ => false,
            };
            if (holds) reader.End();
            return holds;
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    /// <summary>["misbehaviour", kind, ledger, validator, content].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(Content.Length + 96);
        writer.Array(5);
        writer.Text("misbehaviour");
        writer.Unsigned((ulong)Kind);
        writer.Hash(LedgerId);
        writer.KeyId(Validator);
        writer.Raw(Content.Span);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form; whether it shows anything is for <see cref="Verify(ValidatorHistory, long)"/>.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static Evidence FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new MalformedException("Evidence is not as long.");
        var reader = new CborReader(bytes);
        reader.ArrayOf(5);
        if (reader.Text(16) != "misbehaviour") throw reader.Fault("This is no evidence.");
        var evidence = new Evidence((Misbehaviour)reader.Unsigned((ulong)Misbehaviour.AbsurdClock), reader.Hash(), reader.KeyId(), reader.Item().ToArray());
        reader.End();
        return evidence;
    }
}
