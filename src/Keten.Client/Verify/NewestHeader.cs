using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>What a certificate says beside the newest that was seen.</summary>
public enum HeaderNews
{
    /// <summary>Newer than all that was seen, or the first: it is remembered.</summary>
    Newer = 0,

    /// <summary>The one that is remembered.</summary>
    Same = 1,

    /// <summary>Certified, and older than what was seen.</summary>
    Older = 2,

    /// <summary>Not certified by the validators of the genesis.</summary>
    NotCertified = 3,

    /// <summary>Certified, and it contradicts what was seen: the ledger was told in two ways. Keep both certificates: they convict who signed them.</summary>
    Fork = 4,
}

/// <summary>
/// The newest certified header that was seen (protocol rule 12), by which a node that shows an old state, or another one, is noticed. Not for use by two threads at once.
/// </summary>
/// <param name="genesis">How the ledger began.</param>
public sealed class NewestHeader(Genesis genesis)
{
    /// <summary>The newest, or null.</summary>
    public Certificate? Certificate { get; private set; }

    /// <summary>Weighs a certificate, and remembers it where it is newer.</summary>
    public HeaderNews Weigh(Certificate certificate)
    {
        if (certificate.Header.LedgerId != genesis.LedgerId || !certificate.Verify(genesis.Validators)) return HeaderNews.NotCertified;
        if (Certificate is { } seen)
        {
            var (old, now) = (seen.Header, certificate.Header);
            if (now.Height == old.Height) return now.Hash == old.Hash ? HeaderNews.Same : HeaderNews.Fork;
            if (now.Height == old.Height + 1 && now.Previous != old.Hash) return HeaderNews.Fork;
            if (now.Height + 1 == old.Height && old.Previous != now.Hash) return HeaderNews.Fork;
            if (now.Height < old.Height) return now.HistorySize > old.HistorySize || now.Time > old.Time ? HeaderNews.Fork : HeaderNews.Older;
            if (now.HistorySize < old.HistorySize || now.Time < old.Time) return HeaderNews.Fork;
            if (now.HistorySize == old.HistorySize && now.HistoryRoot != old.HistoryRoot) return HeaderNews.Fork;
        }
        Certificate = certificate;
        return HeaderNews.Newer;
    }

    /// <summary>Takes up what an earlier run remembered; a file that is not there is none.</summary>
    /// <exception cref="FormatException">The file holds no certificate of this ledger.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        if (!File.Exists(path)) return;
        try
        {
            if (Weigh(Certificate.FromBytes(File.ReadAllBytes(path))) is HeaderNews.Newer or HeaderNews.Same or HeaderNews.Older) return;
        }
        catch (MalformedException fault)
        {
            throw new FormatException("The file holds no certificate.", fault);
        }
        throw new FormatException("The file holds no certificate of this ledger.");
    }

    /// <summary>Keeps it for the next run.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (Certificate is not { } newest) return;
        File.WriteAllBytes(path + ".new", newest.ToBytes());
        File.Move(path + ".new", path, overwrite: true);
    }
}
