using Keten.Kernel;
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

    /// <summary>Not certified by the validators of that height, as far as they are known: from below the newest change that was loaded, none are.</summary>
    NotCertified = 3,

    /// <summary>Certified, and it contradicts what was seen: the ledger was told in two ways. Keep both certificates: they convict who signed them.</summary>
    Fork = 4,
}

/// <summary>
/// A light client (protocol rule 12): the newest certified header that was seen, and who the validators are since the last change that was seen. By it a node that shows an old state or another
/// one is noticed, and the changes of validators need to be fetched only from there on. It goes on by what nodes say, and trusts none of them; it never goes back. What is kept for the
/// next run takes some 700 bytes, and about 100 for each validator. Not for use by two threads at once.
/// </summary>
/// <param name="genesis">How the ledger began.</param>
public sealed class LightClient(Genesis genesis)
{
    private const int FileAtMost = 1 << 18;
    private readonly KeyCache keys = new(2 * ValidatorSet.AtMost);
    private ValidatorHistory validators = new(genesis);

    /// <summary>The newest certificate, or null.</summary>
    public Certificate? Certificate { get; private set; }

    /// <summary>The newest validators that are known.</summary>
    public ValidatorSet Validators => validators.Newest;

    /// <summary>The height of the header that decided them, from which on a node is to be asked for more; 0: the genesis.</summary>
    public ulong ChangedAt => validators.Height;

    /// <summary>Goes on by changes of validators, in order, as a node gives them; each counts as a certificate that was seen.</summary>
    /// <returns>False at the first that does not hold: a link is missing, too few signed it, or others; or it contradicts what was seen. Those before it have been taken.</returns>
    public bool Take(IReadOnlyList<SetChange> changes)
    {
        foreach (var change in changes)
        {
            var header = change.Certificate.Header;
            var known = header.Height <= ChangedAt;
            // The newest header was certified by the validators known then: a change before it, of which it knows nothing, contradicts it.
            if (!known && header.Height < Certificate?.Header.Height) return false;
            if (!validators.Take(change, keys) || !known && Weigh(change.Certificate) is HeaderNews.Fork or HeaderNews.NotCertified) return false;
        }
        return true;
    }

    /// <summary>Weighs a certificate, and remembers it where it is newer.</summary>
    public HeaderNews Weigh(Certificate certificate)
    {
        if (!validators.Certifies(certificate, keys)) return HeaderNews.NotCertified;
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

    /// <summary>What is kept: [0, ledger, height of the newest change, hash of its header, validators, certificate or null].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(1024);
        writer.Array(6);
        writer.Unsigned(0);
        writer.Hash(genesis.LedgerId);
        writer.Unsigned(validators.Height);
        writer.Hash(validators.Header);
        writer.Bytes(validators.Newest.ToBytes());
        if (Certificate is { } newest) writer.Bytes(newest.ToBytes());
        else writer.Null();
        return writer.ToArray();
    }

    /// <summary>Takes up what was kept. It is the client's own: whoever can write it decides whom the client believes.</summary>
    /// <exception cref="FormatException">It is not what was kept of this ledger.</exception>
    /// <exception cref="InvalidOperationException">This client has seen something already.</exception>
    public void Load(ReadOnlySpan<byte> bytes)
    {
        if (Certificate is not null || ChangedAt != 0) throw new InvalidOperationException("A light client takes up what was kept before it sees anything.");
        try
        {
            var reader = new CborReader(bytes);
            reader.ArrayOf(6);
            if (reader.Unsigned() != 0 || reader.Hash() != genesis.LedgerId) throw new FormatException("It is kept of another ledger.");
            var history = new ValidatorHistory(genesis.LedgerId, reader.Unsigned(), reader.Hash(), ValidatorSet.FromBytes(reader.Bytes()));
            var certificate = reader.TryNull() ? null : Kernel.Blocks.Certificate.FromBytes(reader.Bytes());
            reader.End();
            if (history.Height == 0 && history.Newest.Hash != genesis.Validators.Hash) throw new FormatException("It holds other validators than the genesis.");
            if (certificate is not null && certificate.Header.Height > history.Height && !history.Certifies(certificate)) throw new FormatException("Its certificate is not of its validators.");
            (validators, Certificate) = (history, certificate);
        }
        catch (MalformedException fault)
        {
            throw new FormatException("It is not what a light client keeps.", fault);
        }
    }

    /// <summary>Takes up what an earlier run kept; a file that is not there is nothing.</summary>
    /// <exception cref="FormatException">The file is not what was kept of this ledger.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(string path)
    {
        if (!File.Exists(path)) return;
        if (new FileInfo(path).Length > FileAtMost) throw new FormatException("It is not what a light client keeps.");
        Load(File.ReadAllBytes(path));
    }

    /// <summary>Keeps it for the next run.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        File.WriteAllBytes(path + ".new", ToBytes());
        File.Move(path + ".new", path, overwrite: true);
    }
}
