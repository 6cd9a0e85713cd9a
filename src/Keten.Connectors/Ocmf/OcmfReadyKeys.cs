using System.Security.Cryptography;

namespace Keten.Connectors.Ocmf;

/// <summary>
/// Keys that the platform has imported, kept for the next record of the same meter: importing costs two to three verifications. At most so many; those not asked for longest go first.
/// Each belongs to whoever borrowed it until it is given back, so any number of threads may ask at once. A key on P-256 takes about 2.6 KB, most of it the platform's.
/// </summary>
internal sealed class OcmfReadyKeys(int capacity)
{
    /// <summary>Those of this process: some 26 MB when full.</summary>
    internal static readonly OcmfReadyKeys Shared = new(10_000);

    private readonly Lock access = new();
    private readonly Dictionary<OcmfPublicKey, LinkedListNode<(OcmfPublicKey Key, ECDsa Ready)>> kept = [];
    private readonly LinkedList<(OcmfPublicKey Key, ECDsa Ready)> byUse = [];

    /// <summary>How many are kept now.</summary>
    internal int Count
    {
        get
        {
            lock (access) return kept.Count;
        }
    }

    /// <summary>The key made ready; null when it cannot be used, as where its point is not on its curve or the machine does not have the curve.</summary>
    internal ECDsa? Borrow(OcmfPublicKey key)
    {
        lock (access)
        {
            if (kept.Remove(key, out var node))
            {
                byUse.Remove(node);
                return node.Value.Ready;
            }
        }
        return Import(key.Spki.Span);
    }

    /// <summary>Keeps it for the next one. Where two were out for one key, one of them is kept.</summary>
    internal void Return(OcmfPublicKey key, ECDsa ready)
    {
        lock (access)
        {
            if (kept.ContainsKey(key))
            {
                ready.Dispose();
                return;
            }
            kept.Add(key, byUse.AddLast((key, ready)));
            if (kept.Count > capacity) Forget(byUse.First!);
        }
    }

    private void Forget(LinkedListNode<(OcmfPublicKey Key, ECDsa Ready)> node)
    {
        byUse.Remove(node);
        kept.Remove(node.Value.Key);
        node.Value.Ready.Dispose();
    }

    private static ECDsa? Import(ReadOnlySpan<byte> spki)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            if (read == spki.Length) return key;
        }
        catch (Exception wrong) when (wrong is CryptographicException or PlatformNotSupportedException)
        {
            // Told by the null.
        }
        key.Dispose();
        return null;
    }
}
