using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>A change of validators as strangers can check it: the header that made it, certified by the validators until then, and those from then on in full.</summary>
/// <param name="Certificate">Of the header, whose <see cref="Header.Next"/> is the hash of the new set.</param>
/// <param name="Next">The new set.</param>
public sealed record SetChange(Certificate Certificate, ValidatorSet Next)
{
    /// <summary>No list of them is longer: whoever asks for more asks again, from where it ends.</summary>
    public const int AtMost = 1_000;

    /// <summary>The height of the header: those of greater height are certified by the new set.</summary>
    public ulong Height => Certificate.Header.Height;

    /// <summary>The canonical form of some, by height: [[certificate, validators] …].</summary>
    public static byte[] ToBytes(IReadOnlyList<SetChange> changes)
    {
        var writer = new CborWriter(256 + 2048 * changes.Count);
        Write(writer, changes);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form. Whether they hold is for <see cref="ValidatorHistory"/> to see.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static SetChange[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var changes = Read(ref reader);
        reader.End();
        return changes;
    }

    internal static void Write(CborWriter writer, IReadOnlyList<SetChange> changes)
    {
        writer.Array(changes.Count);
        foreach (var change in changes)
        {
            writer.Array(2);
            writer.Bytes(change.Certificate.ToBytes());
            change.Next.Write(writer);
        }
    }

    internal static SetChange[] Read(ref CborReader reader)
    {
        var changes = new SetChange[reader.Array(AtMost)];
        for (var each = 0; each < changes.Length; each++)
        {
            reader.ArrayOf(2);
            changes[each] = new SetChange(Certificate.FromBytes(reader.Bytes()), ValidatorSet.Read(ref reader));
        }
        return changes;
    }
}
