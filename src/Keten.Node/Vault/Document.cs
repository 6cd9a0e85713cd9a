using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Node.Vault;

/// <summary>A source document as it is kept: a meter record, a tariff, a charge record.</summary>
/// <param name="Salt">Of its commitment.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Owner">Who put it there.</param>
/// <param name="Readers">Who else may read it.</param>
/// <param name="Agreement">Whose readers may read it, too; 0: none.</param>
/// <param name="Kept">When, in seconds since 1970.</param>
/// <param name="Content">The document.</param>
public sealed record Document(byte[] Salt, string MediaType, Party Owner, IReadOnlyList<Party> Readers, ulong Agreement, long Kept, byte[] Content)
{
    /// <summary>Its address, and what a ledger holds of it.</summary>
    public Hash Commitment => Kernel.Commitment.Of(Salt, Content);

    internal byte[] ToBytes()
    {
        var writer = new CborWriter(Content.Length + 256);
        writer.Array(7);
        writer.Bytes(Salt);
        writer.Text(MediaType);
        writer.Party(Owner);
        writer.Array(Readers.Count);
        foreach (var reader in Readers) writer.Party(reader);
        writer.Unsigned(Agreement);
        writer.Integer(Kept);
        writer.Bytes(Content);
        return writer.ToArray();
    }

    internal static Document FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(7);
        var (salt, media, owner) = (reader.Bytes(Kernel.Commitment.SaltSize).ToArray(), reader.Text(VaultOptions.MediaTypeAtMost), reader.Party());
        var readers = new Party[reader.Array(VaultOptions.ReadersAtMost)];
        for (var each = 0; each < readers.Length; each++) readers[each] = reader.Party();
        var document = new Document(salt, media, owner, readers, reader.Unsigned(), reader.Integer(), reader.Bytes().ToArray());
        reader.End();
        return document;
    }
}

/// <summary>A document in a list.</summary>
/// <param name="Commitment">Its address.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Owner">Who put it there.</param>
/// <param name="Agreement">Whose readers may read it; 0: none.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Kept">When, in seconds since 1970.</param>
public sealed record DocumentLine(Hash Commitment, string MediaType, Party Owner, ulong Agreement, long Size, long Kept);

/// <summary>Why a document is not kept.</summary>
public enum DocumentFault
{
    /// <summary>It is kept.</summary>
    None = 0,

    /// <summary>It is empty, or longer than one may be.</summary>
    Size = 1,

    /// <summary>The vault, or its owner's part of it, is full.</summary>
    Full = 2,

    /// <summary>The media type is not one.</summary>
    MediaType = 3,

    /// <summary>It names too many readers.</summary>
    Readers = 4,

    /// <summary>Its owner may not read the agreement that it is said to belong to.</summary>
    Agreement = 5,

    /// <summary>Another has put the same document with the same salt there.</summary>
    KeptAlready = 6,

    /// <summary>The salt is not 32 bytes.</summary>
    Salt = 7,
}

/// <summary>Sizes of the vault; each with its default.</summary>
public sealed record VaultOptions
{
    /// <summary>The longest media type.</summary>
    public const int MediaTypeAtMost = 127;

    /// <summary>The most readers that a document may name.</summary>
    public const int ReadersAtMost = 64;

    /// <summary>The longest document in bytes: 1 MiB.</summary>
    public int DocumentAtMost { get; init; } = 1 << 20;

    /// <summary>How many bytes of documents the vault keeps: 16 GiB.</summary>
    public long BytesAtMost { get; init; } = 16L << 30;

    /// <summary>How many bytes of documents it keeps for one owner: 4 GiB.</summary>
    public long BytesOfOwnerAtMost { get; init; } = 4L << 30;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
