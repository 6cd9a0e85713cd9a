using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Log;

namespace Keten.Node.Vault;

/// <summary>
/// Source documents beside the ledger, each at the address of its commitment, encrypted: documents/ab/abcd…, written whole or not at all. Read by their owner, the parties that they
/// name, and the readers of their agreement. The first room of the vault.
/// </summary>
public sealed class DocumentStore : IDisposable
{
    private const string IndexName = "index.db";

    private readonly VaultKey key;
    private readonly VaultOptions options;
    private readonly Func<ulong, Party, bool> mayReadAgreement;
    private readonly RealDisk disk;
    private readonly DocumentIndex index;
    private readonly Lock gate = new();

    /// <summary>Opens the vault of a data folder.</summary>
    /// <param name="dataFolder">In which the folder documents is.</param>
    /// <param name="keyFile">Where its key is, which is not in the data folder; null: <see cref="VaultKey.DefaultFile"/>.</param>
    /// <param name="mayReadAgreement">Whether a party is a reader of an agreement now.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="VaultException">The key is missing or not where or what it must be, or the index is missing and a document is damaged.</exception>
    public DocumentStore(string dataFolder, string? keyFile, Func<ulong, Party, bool> mayReadAgreement, VaultOptions? options = null)
    {
        (this.mayReadAgreement, this.options) = (mayReadAgreement, options ?? new VaultOptions());
        var folder = Path.Combine(Path.GetFullPath(dataFolder), "documents");
        key = VaultKey.Open(keyFile ?? VaultKey.DefaultFile(dataFolder), dataFolder, isNew: !Directory.Exists(folder) || Directory.GetDirectories(folder).Length == 0);
        disk = new RealDisk(folder);
        var indexFile = Path.Combine(folder, IndexName);
        var known = File.Exists(indexFile);
        if (!known) Views.Schema.Delete(indexFile + ".new");
        index = new DocumentIndex(known ? indexFile : indexFile + ".new");
        if (known) return;
        // Made under another name first: half an index is none.
        Reindex(folder);
        index.Dispose();
        File.Move(indexFile + ".new", indexFile);
        index = new DocumentIndex(indexFile);
    }

    /// <summary>Keeps a document; the same one with the same salt by the same owner is kept once.</summary>
    /// <param name="content">The document.</param>
    /// <param name="mediaType">What it is.</param>
    /// <param name="owner">Who puts it there.</param>
    /// <param name="readers">Who else may read it.</param>
    /// <param name="agreement">Whose readers may read it, too; 0: none. The owner must be one of them.</param>
    /// <param name="salt">Where the owner has drawn it already, to have the commitment in a transaction first.</param>
    public (DocumentFault Fault, Hash Commitment, byte[] Salt) Put(
        ReadOnlyMemory<byte> content, string mediaType, Party owner, IReadOnlyList<Party> readers, ulong agreement, ReadOnlyMemory<byte>? salt = null)
    {
        var fault = Judge(content.Length, mediaType, owner, readers, agreement, salt);
        if (fault != DocumentFault.None) return (fault, default, []);
        var document = new Document(
            salt?.ToArray() ?? RandomNumberGenerator.GetBytes(Commitment.SaltSize), mediaType, owner, readers, agreement, options.Clock.GetUtcNow().ToUnixTimeSeconds(), content.ToArray());
        var commitment = document.Commitment;
        lock (gate)
        {
            if (index.Find(commitment) is { } kept) return (kept.Owner == owner ? DocumentFault.None : DocumentFault.KeptAlready, commitment, document.Salt);
            if (index.Bytes + content.Length > options.BytesAtMost || index.BytesOf(owner) + content.Length > options.BytesOfOwnerAtMost) return (DocumentFault.Full, default, []);
            Write(commitment, SealedDocument.Seal(key, commitment, document));
            index.Add(commitment, document);
        }
        return (DocumentFault.None, commitment, document.Salt);
    }

    /// <summary>A document; null where there is none, or none for this reader.</summary>
    /// <exception cref="VaultException">It is damaged, or was tampered with.</exception>
    public Document? Get(in Hash commitment, Party reader)
    {
        lock (gate)
            if (!index.Has(commitment)) return null;
        if (Read(commitment) is not { } document) return null;
        return document.Owner == reader || document.Readers.Contains(reader) || (document.Agreement != 0 && mayReadAgreement(document.Agreement, reader)) ? document : null;
    }

    /// <summary>The documents of an agreement, oldest first, after one of them; nothing where the reader is none of the agreement's.</summary>
    public IReadOnlyList<DocumentLine> Of(ulong agreement, Party reader, Hash? after, int limit)
    {
        if (agreement == 0 || !mayReadAgreement(agreement, reader)) return [];
        lock (gate) return index.Of(agreement, after is { } last ? index.Find(last) : null, Math.Clamp(limit, 1, 500));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        index.Dispose();
        key.Dispose();
    }

    private static string NameOf(in Hash commitment) => commitment.ToString();

    // Only what can stand in a header: a type and a subtype, and a charset at most.
    private static bool IsMediaType(string text) =>
        text.Length is > 0 and <= VaultOptions.MediaTypeAtMost && System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(text, out _) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private DocumentFault Judge(int length, string mediaType, Party owner, IReadOnlyList<Party> readers, ulong agreement, ReadOnlyMemory<byte>? salt)
    {
        if (length == 0 || length > options.DocumentAtMost) return DocumentFault.Size;
        if (!IsMediaType(mediaType)) return DocumentFault.MediaType;
        if (readers.Count > VaultOptions.ReadersAtMost) return DocumentFault.Readers;
        if (salt is { Length: not Commitment.SaltSize }) return DocumentFault.Salt;
        return agreement == 0 || mayReadAgreement(agreement, owner) ? DocumentFault.None : DocumentFault.Agreement;
    }

    private Document? Read(in Hash commitment)
    {
        var name = NameOf(commitment);
        byte[] bytes;
        try
        {
            using var file = disk.Folder(name[..2]).Open(name, DiskAccess.Read);
            bytes = new byte[Math.Min(file.Length, int.MaxValue / 2)];
            if (file.Read(0, bytes) != bytes.Length) throw new VaultException("A document's file is damaged.");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        return SealedDocument.Open(key, commitment, bytes);
    }

    // Whole or not at all, and there for good when it is answered.
    private void Write(in Hash commitment, byte[] bytes)
    {
        var name = NameOf(commitment);
        var folder = disk.Folder(name[..2]);
        var making = name + ".new";
        if (folder.Exists(making)) folder.Delete(making);
        using (var file = folder.Open(making, DiskAccess.Create))
        {
            file.Write(0, bytes);
            file.Flush();
        }
        folder.Rename(making, name);
        folder.Flush();
    }

    private void Reindex(string folder)
    {
        foreach (var part in Directory.GetDirectories(folder))
            foreach (var file in Directory.GetFiles(part))
                if (Hash.TryParse(Path.GetFileName(file), out var commitment) && Read(commitment) is { } document) index.Add(commitment, document);
    }
}
