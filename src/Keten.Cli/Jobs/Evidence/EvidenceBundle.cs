using System.Text;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Jobs;

/// <summary>
/// All that is needed to check a charge record without any server: the record, what the meter signed, and the receipts of what was done on the ledger. As a file: one canonical
/// CBOR map with text keys, in this order: cdr, ocmf, salt, meter, charge, tariff, genesis, opening, version; and accepted, where the meter came later.
/// </summary>
/// <param name="Cdr">The charge detail record, OCPI 2.2.1 in JSON.</param>
/// <param name="Ocmf">The record that the meter signed.</param>
/// <param name="Salt">With which the ledger's commitment to the meter's record was made.</param>
/// <param name="Meter">The receipt of the enrolment of the meter's key; or that key alone, 64 bytes, since the meter's party is its hash.</param>
/// <param name="Charge">The receipt of the charge.</param>
/// <param name="Tariff">The receipt of the publication of the tariff, or of the revision that was in force when the session began.</param>
/// <param name="Genesis">How the ledger began, in canonical form.</param>
/// <param name="Opening">The receipt of the agreement of operator and driver.</param>
/// <param name="Accepted">The receipt by which both accepted the meter later; null where they did when they agreed.</param>
public sealed record EvidenceBundle(byte[] Cdr, byte[] Ocmf, Hash Salt, byte[] Meter, byte[] Charge, byte[] Tariff, byte[] Genesis, byte[] Opening, byte[]? Accepted = null)
{
    /// <summary>No bundle is longer, in bytes.</summary>
    public const int BytesAtMost = 8 << 20;

    private const int Version = 0;
    private const int Parts = 9;

    /// <summary>The meter's record as the text that it is.</summary>
    public string OcmfText => Encoding.UTF8.GetString(Ocmf);

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(16_384);
        writer.Map(Accepted is null ? Parts : Parts + 1);
        Write(writer, "cdr", Cdr);
        Write(writer, "ocmf", Ocmf);
        Write(writer, "salt", Salt.ToArray());
        Write(writer, "meter", Meter);
        Write(writer, "charge", Charge);
        Write(writer, "tariff", Tariff);
        Write(writer, "genesis", Genesis);
        Write(writer, "opening", Opening);
        writer.Text("version");
        writer.Unsigned(Version);
        if (Accepted is not null) Write(writer, "accepted", Accepted);
        return writer.ToArray();
    }

    /// <summary>Reads the file and nothing else.</summary>
    /// <exception cref="MalformedException">It is not a bundle.</exception>
    public static EvidenceBundle FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesAtMost) throw new MalformedException("A bundle is at most 8 MiB.");
        var reader = new CborReader(bytes);
        var parts = reader.Map(Parts + 1);
        if (parts < Parts) throw reader.Fault("A bundle has nine parts, or ten.");
        var (cdr, ocmf, salt) = (Read(ref reader, "cdr"), Read(ref reader, "ocmf"), Read(ref reader, "salt"));
        if (salt.Length != Hash.Size) throw reader.Fault("A salt is 32 bytes.");
        var (meter, charge, tariff) = (Read(ref reader, "meter"), Read(ref reader, "charge"), Read(ref reader, "tariff"));
        var (genesis, opening) = (Read(ref reader, "genesis"), Read(ref reader, "opening"));
        if (reader.Text(16) != "version" || reader.Unsigned() != Version) throw reader.Fault("Only bundles of version 0 are read.");
        var accepted = parts > Parts ? Read(ref reader, "accepted") : null;
        reader.End();
        return new EvidenceBundle(cdr, ocmf, new Hash(salt), meter, charge, tariff, genesis, opening, accepted);
    }

    private static void Write(CborWriter writer, string name, ReadOnlySpan<byte> value)
    {
        writer.Text(name);
        writer.Bytes(value);
    }

    private static byte[] Read(ref CborReader reader, string name) =>
        reader.Text(16) == name ? reader.Bytes().ToArray() : throw reader.Fault($"The part '{name}' is not where it should be.");
}
