using System.Buffers.Binary;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>
/// The highest header that this validator attested, durable before anybody sees the attestation: after a crash it never attests another for that height. Two slots, written in turn, so
/// that a torn write leaves the one before.
/// </summary>
internal sealed class PromiseFile : IDisposable
{
    private const string Name = "promises";
    private const int Slot = 8 + 8 + Hash.Size + 4;
    private readonly IDiskFile file;
    private ulong turn;

    public PromiseFile(IDisk disk)
    {
        var isNew = !disk.Exists(Name);
        file = disk.Open(Name, isNew ? DiskAccess.Create : DiskAccess.Write);
        if (isNew)
        {
            file.SetLength(2 * Slot);
            file.Flush();
        }
        disk.Flush();
        Span<byte> slot = stackalloc byte[Slot];
        for (var each = 0; each < 2; each++)
        {
            if (file.Read(each * Slot, slot) < Slot || BinaryPrimitives.ReadUInt32LittleEndian(slot[^4..]) != Crc32C.Of(slot[..^4])) continue;
            var number = BinaryPrimitives.ReadUInt64LittleEndian(slot);
            if (number <= turn) continue;
            (turn, Height, HeaderHash) = (number, BinaryPrimitives.ReadUInt64LittleEndian(slot[8..]), new Hash(slot.Slice(16, Hash.Size)));
        }
    }

    /// <summary>The highest height that was attested; 0 for none.</summary>
    public ulong Height { get; private set; }

    /// <summary>The header that was attested there.</summary>
    public Hash HeaderHash { get; private set; }

    /// <summary>Promises a header, durably. One below the highest promised is promised already: each holds the hash of the one before.</summary>
    /// <exception cref="DivergedException">Another header was promised for its height.</exception>
    public void Keep(Header header)
    {
        if (header.Height == Height && header.Hash != HeaderHash) throw new DivergedException(Height, "has another header than the one that was attested");
        if (header.Height <= Height) return;
        (Height, HeaderHash) = (header.Height, header.Hash);
        Span<byte> slot = stackalloc byte[Slot];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, ++turn);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[8..], Height);
        HeaderHash.CopyTo(slot[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[^4..], Crc32C.Of(slot[..^4]));
        file.Write((long)(turn % 2) * Slot, slot);
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}
