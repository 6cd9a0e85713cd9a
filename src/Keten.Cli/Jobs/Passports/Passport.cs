using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Jobs;

/// <summary>
/// A vehicle's passport: a file that its keeper hands over. It holds the evidence of records as of one moment, in a fixed order, receipts beside them, and the keeper's seal over all of it.
/// </summary>
/// <param name="Body">What the seal is over: ["passport", 0, genesis, register, VIN, [evidence …], [receipt …]].</param>
/// <param name="Key">The key that sealed it.</param>
/// <param name="Seal">Its signature.</param>
public sealed record Passport(ReadOnlyMemory<byte> Body, PublicKey Key, Signature Seal)
{
    /// <summary>No passport is longer.</summary>
    public const int BytesAtMost = 32 << 20;

    /// <summary>The ledger's genesis, in canonical form.</summary>
    public byte[] Genesis { get; private init; } = [];

    /// <summary>The register's agreement.</summary>
    public ulong Register { get; private init; }

    /// <summary>The vehicle's identification number.</summary>
    public string Vin { get; private init; } = "";

    /// <summary>Of register, vehicle, keeper, book, recalls, built, open recalls, and each reading of the odometer, the newest first.</summary>
    public IReadOnlyList<byte[]> Evidence { get; private init; } = [];

    /// <summary>Of transactions that the keeper shows besides.</summary>
    public IReadOnlyList<byte[]> Receipts { get; private init; } = [];

    /// <summary>Gathers and seals one.</summary>
    public static Passport Make(Genesis genesis, ulong register, string vin, IReadOnlyList<StateEvidence> evidence, IReadOnlyList<byte[]> receipts, Signer keeper)
    {
        var writer = new CborWriter(4096);
        writer.Array(7);
        writer.Text("passport");
        writer.Unsigned(0);
        writer.Bytes(genesis.ToBytes());
        writer.Unsigned(register);
        writer.Text(vin);
        writer.Array(evidence.Count);
        foreach (var each in evidence) writer.Bytes(each.ToBytes());
        writer.Array(receipts.Count);
        foreach (var each in receipts) writer.Bytes(each);
        var body = writer.ToArray();
        var digest = new byte[Hash.Size];
        StatementSigning.Digest(genesis.LedgerId, keeper.Id, SealName, Statement(body), digest);
        return Read(body, keeper.Public, keeper.Sign(digest));
    }

    /// <summary>Whether the key signed this body, for this ledger.</summary>
    public bool IsSealed(Hash ledger)
    {
        if (!ImportedKey.TryImport(Key, out var imported)) return false;
        using var key = imported;
        var signature = new byte[Signature.Size];
        Seal.CopyTo(signature);
        return StatementSigning.Verify(ledger, key, SealName, Statement(Body.Span), signature);
    }

    /// <summary>[body, key, seal].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(Body.Length + 160);
        writer.Array(3);
        writer.Bytes(Body.Span);
        Wire.Write(writer, Key);
        Wire.Write(writer, Seal);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form; whether any of it holds is for <see cref="PassportCheck"/>.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static Passport FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(3);
        var body = reader.Bytes().ToArray();
        var passport = Read(body, Wire.ReadPublicKey(ref reader), Wire.ReadSignature(ref reader));
        reader.End();
        return passport;
    }

    private const string SealName = "Passport";

    private const int PartsAtMost = 1_200;

    private static Passport Read(byte[] body, PublicKey key, Signature seal)
    {
        var reader = new CborReader(body);
        reader.ArrayOf(7);
        if (reader.Text(16) != "passport" || reader.Unsigned() != 0) throw reader.Fault("This is no passport of version 0.");
        var genesis = reader.Bytes().ToArray();
        var (register, vin) = (reader.Unsigned(), reader.Text(32));
        var evidence = Parts(ref reader);
        var receipts = Parts(ref reader);
        reader.End();
        return new Passport(body, key, seal) { Genesis = genesis, Register = register, Vin = vin, Evidence = evidence, Receipts = receipts };
    }

    private static byte[][] Parts(ref CborReader reader)
    {
        var parts = new byte[reader.Array(PartsAtMost)][];
        for (var each = 0; each < parts.Length; each++) parts[each] = reader.Bytes().ToArray();
        return parts;
    }

    private static byte[] Statement(ReadOnlySpan<byte> body)
    {
        var writer = new CborWriter(40);
        writer.Hash(Hash.Of(body));
        return writer.ToArray();
    }
}
