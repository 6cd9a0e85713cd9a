using System.Buffers.Binary;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>What this validator has promised about a header.</summary>
internal enum Promise
{
    /// <summary>Nothing: it may attest it.</summary>
    None,

    /// <summary>That it attests this one.</summary>
    This,

    /// <summary>Something so long ago that it is not known any more: it attests nothing there.</summary>
    Forgotten,
}

/// <summary>
/// The headers that this validator attested last, durable before anybody sees an attestation: after a crash it attests no other for any of their heights. A place for each height in turn;
/// one that was torn is a promise that nobody has seen. Far more are kept than are ever attested and not yet certified.
/// </summary>
internal sealed class PromiseFile : IDisposable
{
    /// <summary>How many heights are kept.</summary>
    public const int Kept = 4 * BlockStore.UnflushedAtMost;

    /// <summary>Stands in the data folder of a validator that was restored, or begins anew in a ledger that goes on, until it is known, and passed, what was attested after the backup.</summary>
    public const string RestoredName = "restored";

    public const string Name = "promises";
    private const int Place = 8 + Hash.Size + 4;
    private readonly IDiskFile file;
    private readonly (ulong Height, Hash Header)[] kept = new (ulong, Hash)[Kept];
    private readonly IDisk disk;
    private ulong highest;

    public PromiseFile(IDisk disk)
    {
        this.disk = disk;
        IsRestored = disk.Exists(RestoredName);
        var isNew = !disk.Exists(Name);
        file = disk.Open(Name, isNew ? DiskAccess.Create : DiskAccess.Write);
        if (isNew)
        {
            file.SetLength(Kept * Place);
            file.Flush();
        }
        disk.Flush();
        Span<byte> place = stackalloc byte[Place];
        for (var each = 0; each < Kept; each++)
        {
            if (file.Read(each * Place, place) < Place || BinaryPrimitives.ReadUInt32LittleEndian(place[^4..]) != Crc32C.Of(place[..^4])) continue;
            kept[each] = (BinaryPrimitives.ReadUInt64LittleEndian(place), new Hash(place.Slice(8, Hash.Size)));
            highest = Math.Max(highest, kept[each].Height);
        }
    }

    /// <summary>Whether the folder was restored from a backup: more may have been promised than is known here.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Up to which height a restored validator attests nothing but what it is known to have attested; null: not known yet.</summary>
    public ulong? Floor { get; private set; }

    /// <summary>Takes in what others know.</summary>
    public void Learn(ulong floor) => Floor = floor;

    /// <summary>Blocks above the floor are final: what was restored is as good as what was lost.</summary>
    public void Settle()
    {
        disk.Delete(RestoredName);
        disk.Flush();
        IsRestored = false;
    }

    /// <summary>What was promised about a header.</summary>
    /// <exception cref="DivergedException">Another header was promised for its height.</exception>
    public Promise Of(Header header)
    {
        var (height, promised) = kept[header.Height % Kept];
        if (height == header.Height) return promised == header.Hash ? Promise.This : throw new DivergedException(height, "has another header than the one that was attested");
        // A torn place may have been that of the oldest height kept.
        return header.Height + Kept - 1 <= highest || header.Height <= Floor ? Promise.Forgotten : Promise.None;
    }

    /// <summary>Promises headers about which nothing is promised, durably.</summary>
    public void Keep(params ReadOnlySpan<Header> headers)
    {
        Span<byte> place = stackalloc byte[Place];
        foreach (var header in headers)
        {
            var at = (int)(header.Height % Kept);
            kept[at] = (header.Height, header.Hash);
            highest = Math.Max(highest, header.Height);
            BinaryPrimitives.WriteUInt64LittleEndian(place, header.Height);
            header.Hash.CopyTo(place[8..]);
            BinaryPrimitives.WriteUInt32LittleEndian(place[^4..], Crc32C.Of(place[..^4]));
            file.Write(at * Place, place);
        }
        file.Flush();
    }

    /// <summary>The highest header that was promised; 0 where none was.</summary>
    public (ulong Height, Hash Header) Highest => highest == 0 ? default : kept[highest % Kept];

    /// <summary>
    /// Forgets, durably, what was promised above a height: the order was restarted below, by so many validators as attest nothing of the old order any more that what was promised there can
    /// never be certified.
    /// </summary>
    public void ForgetAbove(ulong height)
    {
        highest = 0;
        for (var at = 0; at < Kept; at++)
        {
            if (kept[at].Height > height)
            {
                kept[at] = default;
                file.Write(at * Place, new byte[Place]);
            }
            highest = Math.Max(highest, kept[at].Height);
        }
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}
