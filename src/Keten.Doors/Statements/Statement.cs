using Keten.Client;
using Keten.Contracts.Devices;
using Keten.Contracts.Machines;
using Keten.Contracts.Metering;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Doors;

/// <summary>
/// What a device signed for the ledger, as it comes by MQTT or as an event: a tagged COSE_Sign1 with the protected header {1: −7, 4: key id} and the payload [ledger id, type's name, statement]
/// (docs/formats-transactions.md, «Signed statements»). The type's name says which clause takes it.
/// </summary>
/// <param name="Key">The signing key.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="Name">The type's name.</param>
/// <param name="Body">The statement's canonical bytes.</param>
/// <param name="Id">SHA-256 of the payload: the same statement has it however often it was signed.</param>
/// <param name="For">The agreement that it is for.</param>
/// <param name="At">When it was taken, by the device's clock.</param>
internal sealed record Statement(KeyId Key, Signature Signature, string Name, byte[] Body, Hash Id, ulong For, Instant At)
{
    private const int NameAtMost = 128;

    private static readonly Codec<SensorLog.Reading> SensorReading = LedgerDesk.CodecOf<SensorLog.Reading>(SensorLog.Contents);
    private static readonly Codec<MachineUse.Reading> MachineReading = LedgerDesk.CodecOf<MachineUse.Reading>(MachineUse.Contents);
    private static readonly Codec<MeteredUse.Usage> MeterUsage = LedgerDesk.CodecOf<MeteredUse.Usage>(MeteredUse.Contents);

    /// <summary>The names of what is taken.</summary>
    public static IReadOnlyList<string> Names { get; } = [SensorReading.Name, MachineReading.Name, MeterUsage.Name];

    /// <summary>Reads one; whose key it is and whether it signed, the ledger has to say.</summary>
    /// <exception cref="ApartException">It is none that can be taken.</exception>
    public static Statement Read(ReadOnlyMemory<byte> bytes, Hash ledger)
    {
        var sign1 = Parse(bytes);
        if (sign1.Payload is not { } payload) throw new ApartException(ApartReason.Unreadable, "The payload is detached: it has to stand in the COSE_Sign1.");
        if (sign1.Signature.Bytes.Length != Signature.Size || sign1.Signature.Protected.Algorithm != CoseHeaders.Es256Algorithm || sign1.Signature.Protected.KeyId is not { Length: KeyId.Size } key)
            throw new ApartException(ApartReason.Unsigned, "It is not signed with ES256 by a key whose id of 20 bytes stands in the protected header.");
        try
        {
            var reader = new CborReader(payload.Span);
            reader.ArrayOf(3);
            var meant = reader.Hash();
            var name = reader.Text(NameAtMost);
            var body = reader.Item().ToArray();
            reader.End();
            if (meant != ledger) throw new ApartException(ApartReason.OtherLedger, "It is signed for another ledger.");
            var (agreement, at) = About(name, body);
            return new Statement(new KeyId(key.Span), new Signature(sign1.Signature.Bytes.Span), name, body, Hash.Of(payload.Span), agreement, at);
        }
        catch (MalformedException fault)
        {
            throw new ApartException(ApartReason.Unreadable, "What is signed is not [ledger id, type's name, statement] in canonical form: " + fault.Message);
        }
    }

    /// <summary>Signs one, as a device does.</summary>
    public static byte[] Sign<T>(Hash ledger, Signer signer, Codec<T> codec, in T statement) where T : notnull =>
        CoseSign1.Sign(signer, CoseSignature.HeadersOf(signer.Id), StatementSigning.Payload(ledger, codec.Name, codec.ToBytes(statement))).ToBytes();

    /// <summary>Whether a key signed it.</summary>
    public bool IsSignedBy(in PublicKey key, Hash ledger)
    {
        if (!ImportedKey.TryImport(key, out var imported)) return false;
        using (imported)
        {
            var signature = new byte[Signature.Size];
            Signature.CopyTo(signature);
            return StatementSigning.Verify(ledger, imported, Name, Body, signature);
        }
    }

    /// <summary>Adds the call of the clause that takes it.</summary>
    public void AddTo(TransactionBuilder transaction)
    {
        if (Name == SensorReading.Name) transaction.Call(SensorLog.Contents, new(For), new SensorLog.Report(Of(SensorReading)));
        else if (Name == MachineReading.Name) transaction.Call(MachineUse.Contents, new(For), new MachineUse.Count(Of(MachineReading)));
        else transaction.Call(MeteredUse.Contents, new(For), new MeteredUse.Charge(Of(MeterUsage)));
    }

    /// <summary>What a sensor showed, where it is one's reading.</summary>
    public SensorLog.Reading? Shown => Name == SensorReading.Name ? SensorReading.FromBytes(Body) : null;

    private Signed<T> Of<T>(Codec<T> codec) where T : notnull => new(Key, Signature, codec.FromBytes(Body));

    private static (ulong For, Instant At) About(string name, byte[] body)
    {
        if (name == SensorReading.Name && SensorReading.FromBytes(body) is var reading) return (reading.For.Number, reading.At);
        if (name == MachineReading.Name && MachineReading.FromBytes(body) is var counted) return (counted.For.Number, counted.Counter.At);
        if (name == MeterUsage.Name && MeterUsage.FromBytes(body) is var usage)
            return usage.Points.Count > 0 ? (usage.For.Number, usage.Points[^1].At) : throw new ApartException(ApartReason.NotBillable, "The reading has no points.");
        throw new ApartException(ApartReason.UnknownKind, $"Nothing here takes such a statement; what is taken: {string.Join(", ", Names)}.");
    }

    private static CoseSign1 Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return CoseSign1.Parse(bytes);
        }
        catch (MalformedException fault)
        {
            throw new ApartException(ApartReason.Unsigned, "It is no COSE_Sign1: " + fault.Message);
        }
    }
}
