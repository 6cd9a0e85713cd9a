using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel.Blocks;

/// <summary>
/// Restarts the order of a ledger whose log was lost, set back, forked or poisoned: the entries after the base's are given up, and a new order begins behind it, whose entries name the new
/// epoch. It holds once a certificate's worth of the base's validators have signed it (<see cref="EpochCertificate"/>). Each signs one for an epoch, on a base that contains all that it has
/// attested, and attests nothing of an earlier epoch any more: so nothing that was certified, or ever can be, is given up.
/// </summary>
/// <param name="LedgerId">Of which ledger.</param>
/// <param name="Epoch">That begins; exceeds the one before, and may leave out some.</param>
/// <param name="Base">The last header that stays.</param>
/// <param name="SetAside">Transactions that are void from here on, by their ids: those that made the order stand still. At most <see cref="SetAsideAtMost"/>.</param>
public sealed record EpochRecord(Hash LedgerId, ulong Epoch, Header Base, Many<Hash> SetAside)
{
    /// <summary>How many transactions a record sets aside at most.</summary>
    public const int SetAsideAtMost = 1_000;

    /// <summary>["epoch", ledger id, epoch, the base's fields, its history root, [id …]].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(512);
        writer.Array(6);
        writer.Text("epoch");
        writer.Hash(LedgerId);
        writer.Unsigned(Epoch);
        writer.Bytes(Base.FieldBytes());
        writer.Hash(Base.HistoryRoot);
        Write(writer, SetAside);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static EpochRecord FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(6);
        if (reader.Text(8) != "epoch") throw reader.Fault("This is no epoch's record.");
        var (ledger, epoch) = (reader.Hash(), reader.Unsigned());
        var fields = reader.Bytes();
        var record = new EpochRecord(ledger, epoch, Header.FromFields(fields, reader.Hash()), ReadIds(ref reader));
        reader.End();
        return record.Base.LedgerId == ledger && record.Base.Epoch < epoch ? record : throw new MalformedException("An epoch begins on a header of an earlier one, of the same ledger.");
    }

    /// <summary>Signs it.</summary>
    public EpochSignature Sign(Signer validator)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(validator.Id, ToBytes(), digest);
        return new EpochSignature(validator.Id, validator.Sign(digest));
    }

    internal static void Digest(KeyId validator, ReadOnlySpan<byte> record, Span<byte> digest) => SigStructure.DigestSign1(CoseSignature.HeadersOf(validator), default, record, digest);

    internal static void Write(CborWriter writer, Many<Hash> ids)
    {
        writer.Array(ids.Count);
        foreach (var id in ids) writer.Hash(id);
    }

    internal static Many<Hash> ReadIds(ref CborReader reader)
    {
        var ids = new Hash[reader.Array(SetAsideAtMost)];
        for (var each = 0; each < ids.Length; each++)
        {
            ids[each] = reader.Hash();
            if (each > 0 && Hash.Bytes(in ids[each]).SequenceCompareTo(Hash.Bytes(in ids[each - 1])) <= 0) throw reader.Fault("Ids stand in their order, each once.");
        }
        return new Many<Hash>(ids);
    }
}

/// <summary>One validator's signature of an epoch's record.</summary>
/// <param name="Validator">Whose.</param>
/// <param name="Signature">COSE_Sign1, protected {1: -7, 4: key id}, over the record as detached payload.</param>
public readonly record struct EpochSignature(KeyId Validator, Signature Signature);

/// <summary>An epoch's record and those who signed it; a node's copy of the order has it behind the base's entry.</summary>
/// <param name="Record">What is signed.</param>
/// <param name="Signatures">By key id upwards; every one must verify.</param>
public sealed record EpochCertificate(EpochRecord Record, Many<EpochSignature> Signatures)
{
    // An entry of a validator's is tagged, and begins otherwise.
    private const byte First = 0x82;

    /// <summary>Whether a certificate's worth of validators has signed.</summary>
    /// <param name="validators">Those of the base.</param>
    public bool IsComplete(ValidatorSet validators) => Signatures.Count >= validators.Quorum && Verify(validators);

    /// <summary>Whether those who have signed are validators, and have signed this; how many does not matter.</summary>
    public bool Verify(ValidatorSet validators)
    {
        if (Signatures.Count > validators.Count) return false;
        Span<byte> digest = stackalloc byte[Hash.Size];
        var bytes = Record.ToBytes();
        KeyId last = default;
        foreach (var (validator, signature) in Signatures)
        {
            if (validator <= last || validators.Find(validator) is not { } key) return false;
            EpochRecord.Digest(validator, bytes, digest);
            if (!Es256.Verify(digest, signature, key)) return false;
            last = validator;
        }
        return true;
    }

    /// <summary>The same with one signature more.</summary>
    public EpochCertificate With(EpochSignature signature)
    {
        var signatures = new List<EpochSignature>();
        foreach (var one in Signatures)
            if (one.Validator != signature.Validator) signatures.Add(one);
        var at = 0;
        while (at < signatures.Count && signatures[at].Validator < signature.Validator) at++;
        signatures.Insert(at, signature);
        return this with { Signatures = new Many<EpochSignature>([.. signatures]) };
    }

    /// <summary>[bstr record, [[key id, signature] …]].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(1024);
        writer.Array(2);
        writer.Bytes(Record.ToBytes());
        writer.Array(Signatures.Count);
        foreach (var (validator, signature) in Signatures)
        {
            writer.Array(2);
            writer.KeyId(validator);
            signature.Write(writer);
        }
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static EpochCertificate FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(2);
        var record = EpochRecord.FromBytes(reader.Bytes());
        var signatures = new EpochSignature[reader.Array(ValidatorSet.AtMost)];
        for (var each = 0; each < signatures.Length; each++)
        {
            reader.ArrayOf(2);
            signatures[each] = new EpochSignature(reader.KeyId(), new Signature(reader.Bytes(Signature.Size)));
        }
        reader.End();
        return new EpochCertificate(record, new Many<EpochSignature>(signatures));
    }

    /// <summary>Reads one where bytes of an order are one, and not a validator's entry or nothing at all.</summary>
    public static EpochCertificate? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != First) return null;
        try
        {
            return FromBytes(bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
