using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Joining;

/// <summary>How far a node is, and what it gives to who has less.</summary>
/// <param name="Newest">Its newest certificate.</param>
/// <param name="FirstPosition">The first entry that it still has.</param>
/// <param name="Snapshot">The newest snapshot whose root a certified header carries; none yet.</param>
internal sealed record Tip(Certificate Newest, ulong FirstPosition, OfferedSnapshot? Snapshot)
{
    public byte[] ToBytes()
    {
        var writer = new CborWriter(1024);
        writer.Array(3);
        writer.Bytes(Newest.ToBytes());
        writer.Unsigned(FirstPosition);
        if (Snapshot is { } one)
        {
            writer.Array(4);
            writer.Unsigned(one.Height);
            writer.Unsigned(one.Length);
            writer.Hash(one.Digest);
            writer.Unsigned(one.Carrier);
        }
        else writer.Null();
        return writer.ToArray();
    }

    /// <exception cref="MalformedException">It is none.</exception>
    public static Tip FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(3);
        var (newest, first) = (Certificate.FromBytes(reader.Bytes()), reader.Unsigned());
        OfferedSnapshot? snapshot = null;
        if (!reader.TryNull())
        {
            reader.ArrayOf(4);
            snapshot = new OfferedSnapshot(reader.Unsigned(), reader.Unsigned((ulong)Array.MaxLength), reader.Hash(), reader.Unsigned());
        }
        reader.End();
        return new Tip(newest, first, snapshot);
    }
}

/// <summary>A snapshot that a node gives.</summary>
/// <param name="Height">Of which block.</param>
/// <param name="Length">Of its file, in bytes.</param>
/// <param name="Digest">SHA-256 of its file: all pieces are of the same.</param>
/// <param name="Carrier">The height of the first header that carries its root.</param>
internal readonly record struct OfferedSnapshot(ulong Height, ulong Length, Hash Digest, ulong Carrier);
