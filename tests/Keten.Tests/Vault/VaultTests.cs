using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keten.Kernel;
using Keten.Node.Vault;

namespace Keten.Tests.Vault;

public sealed class VaultTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-vault-");
    private readonly Party owner = new(RandomNumberGenerator.GetBytes(20)), named = new(RandomNumberGenerator.GetBytes(20));
    private readonly Party partner = new(RandomNumberGenerator.GetBytes(20)), stranger = new(RandomNumberGenerator.GetBytes(20));
    private readonly byte[] record = Encoding.UTF8.GetBytes("OCMF|{\"ID\":\"card 04E91C5A8D\",\"RV\":2935.6}|a signature, and more so that it is long enough to be found");

    private string DataFolder => Path.Combine(folder.FullName, "data");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_commitment_is_the_hash_of_its_prefix_its_salt_and_the_document()
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var commitment = Commitment.Of(salt, record);
        Assert.Equal(SHA256.HashData([2, .. salt, .. record]), commitment.ToArray());
        // Fixed for ever: docs/views.md, «Commitments».
        Assert.Equal("cc500a729fab31a8aa9edca3fa55b22d900d7e6d48fbf04ba08ce3bbc1d11934", Commitment.Of(new byte[32], "abc"u8).ToString());
        Assert.True(Commitment.Verify(commitment, salt, record));
        for (var bit = 0; bit < 8 * salt.Length; bit += 5)
        {
            salt[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Commitment.Verify(commitment, salt, record));
            salt[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.False(Commitment.Verify(commitment, salt, record.AsSpan(1)));
        Assert.False(Commitment.Verify(commitment, salt.AsSpan(1), record));
        // Where salt ends and document begins is fixed: no byte can be moved over.
        Assert.Throws<ArgumentException>(() => Commitment.Of([.. salt, 1], record));
    }

    [Fact]
    public void What_is_put_is_read_back_by_its_readers_and_by_nobody_else()
    {
        using var store = Open();
        var (fault, commitment, salt) = store.Put(record, "application/ocmf", owner, [named], 7);
        Assert.Equal(DocumentFault.None, fault);
        Assert.True(Commitment.Verify(commitment, salt, record));
        foreach (var reader in (Party[])[owner, named, partner])
        {
            var read = store.Get(commitment, reader)!;
            Assert.Equal(record, read.Content);
            Assert.Equal((salt, "application/ocmf", owner, 7ul), (read.Salt, read.MediaType, read.Owner, read.Agreement), new DocumentEquality());
        }
        Assert.Null(store.Get(commitment, stranger));
        Assert.Null(store.Get(commitment, default));
        Assert.Null(store.Get(Hash.Of("nothing"u8), owner));
        Assert.Equal(commitment, Assert.Single(store.Of(7, partner, null, 10)).Commitment);
        Assert.Empty(store.Of(7, stranger, null, 10));
        Assert.Empty(store.Of(0, owner, null, 10));
    }

    [Fact]
    public void Without_an_agreement_owner_and_named_readers_only()
    {
        using var store = Open();
        var (_, commitment, _) = store.Put(record, "text/plain", owner, [named], 0);
        Assert.NotNull(store.Get(commitment, named));
        Assert.Null(store.Get(commitment, partner));
    }

    [Fact]
    public void Any_document_comes_back_as_it_was_after_a_restart()
    {
        var random = new System.Random(3);
        var kept = new List<(Hash Commitment, byte[] Content)>();
        using (var store = Open())
            for (var each = 0; each < 30; each++)
            {
                var content = new byte[random.Next(1, each == 0 ? 1 << 20 : 4_000)];
                random.NextBytes(content);
                kept.Add((store.Put(content, "application/octet-stream", owner, [], 0).Commitment, content));
            }
        using (var store = Open())
            foreach (var (commitment, content) in kept) Assert.Equal(content, store.Get(commitment, owner)!.Content);
    }

    [Fact]
    public void Nothing_of_a_document_or_its_salt_is_on_the_disk_in_the_clear()
    {
        byte[] salt;
        using (var store = Open()) salt = store.Put(record, "application/ocmf", owner, [named], 7).Salt;
        foreach (var file in Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            for (var part = 0; part + 16 <= record.Length; part += 8) Assert.Equal(-1, bytes.AsSpan().IndexOf(record.AsSpan(part, 16)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(salt));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(salt))));
        }
    }

    [Fact]
    public void Any_changed_bit_of_a_file_is_noticed()
    {
        using var store = Open();
        var (_, commitment, _) = store.Put(record, "application/ocmf", owner, [named], 7);
        var file = FileOf(commitment);
        var whole = File.ReadAllBytes(file);
        for (var bit = 0; bit < whole.Length * 8; bit += 3)
        {
            var changed = whole.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, changed);
            Assert.Throws<VaultException>(() => store.Get(commitment, owner));
        }
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Throws<VaultException>(() => store.Get(commitment, owner));
        }
        File.WriteAllBytes(file, whole);
        Assert.NotNull(store.Get(commitment, owner));
    }

    [Fact]
    public void A_file_cannot_stand_in_the_place_of_another()
    {
        using var store = Open();
        var first = store.Put(record, "application/ocmf", owner, [], 0).Commitment;
        var second = store.Put(record, "application/ocmf", owner, [stranger], 0).Commitment;
        File.Copy(FileOf(second), FileOf(first), overwrite: true);
        Assert.Throws<VaultException>(() => store.Get(first, stranger));
    }

    [Fact]
    public void The_key_is_outside_the_data_folder_for_its_owner_only_and_never_made_anew()
    {
        Hash commitment;
        using (var store = Open()) commitment = store.Put(record, "application/ocmf", owner, [], 0).Commitment;
        var file = VaultKey.DefaultFile(DataFolder);
        Assert.Equal(DataFolder + "-vault.key", file);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.Move(file, file + ".away");
        Assert.Throws<VaultException>(() => Open());
        Assert.Throws<VaultException>(() => Open(Path.Combine(DataFolder, "vault.key")));
        File.WriteAllText(file, "no key");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Throws<VaultException>(() => Open());
        File.Delete(file);
        File.WriteAllText(file, new string('a', 64));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            Assert.Throws<VaultException>(() => Open());
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        }
        using (var store = Open()) Assert.Throws<VaultException>(() => store.Get(commitment, owner));
        File.Move(file + ".away", file, overwrite: true);
        using (var store = Open()) Assert.NotNull(store.Get(commitment, owner));
    }

    [Fact]
    public void A_lost_index_is_made_anew_from_the_files()
    {
        Hash commitment;
        using (var store = Open()) commitment = store.Put(record, "application/ocmf", owner, [named], 7).Commitment;
        foreach (var file in Directory.GetFiles(Path.Combine(DataFolder, "documents"))) File.Delete(file);
        using (var store = Open(options: new VaultOptions { BytesAtMost = 2 * record.Length - 1 }))
        {
            Assert.Equal(commitment, Assert.Single(store.Of(7, owner, null, 10)).Commitment);
            Assert.NotNull(store.Get(commitment, named));
            Assert.Equal(DocumentFault.Full, store.Put(record, "application/ocmf", owner, [], 0).Fault);
        }
    }

    [Fact]
    public void A_write_that_was_cut_off_leaves_nothing_and_is_no_hindrance()
    {
        var salt = new byte[32];
        var commitment = Commitment.Of(salt, record);
        using var store = Open();
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(commitment))!);
        File.WriteAllBytes(FileOf(commitment) + ".new", [1, 2, 3]);
        Assert.Null(store.Get(commitment, owner));
        Assert.Equal(commitment, store.Put(record, "application/ocmf", owner, [], 0, salt).Commitment);
        Assert.NotNull(store.Get(commitment, owner));
    }

    [Fact]
    public void The_same_document_with_the_same_salt_is_kept_once_and_for_its_owner()
    {
        using var store = Open(options: new VaultOptions { BytesOfOwnerAtMost = record.Length });
        var salt = RandomNumberGenerator.GetBytes(32);
        var first = store.Put(record, "application/ocmf", owner, [], 0, salt);
        var again = store.Put(record, "application/ocmf", owner, [], 0, salt);
        Assert.Equal((DocumentFault.None, first.Commitment), (again.Fault, again.Commitment));
        Assert.Equal(DocumentFault.KeptAlready, store.Put(record, "application/ocmf", stranger, [], 0, salt).Fault);
        Assert.Null(store.Get(first.Commitment, stranger));
        Assert.Equal(DocumentFault.Full, store.Put(record, "application/ocmf", owner, [], 0).Fault);
        Assert.Equal(DocumentFault.None, store.Put(record, "application/ocmf", stranger, [], 0).Fault);
    }

    [Fact]
    public void What_is_too_long_too_much_or_not_ones_own_is_refused_and_named()
    {
        using var store = Open(options: new VaultOptions { DocumentAtMost = 200 });
        Assert.Equal(DocumentFault.Size, store.Put(new byte[201], "text/plain", owner, [], 0).Fault);
        Assert.Equal(DocumentFault.Size, store.Put(default, "text/plain", owner, [], 0).Fault);
        Assert.Equal(DocumentFault.Readers, store.Put(record, "text/plain", owner, new Party[65], 0).Fault);
        Assert.Equal(DocumentFault.Agreement, store.Put(record, "text/plain", stranger, [], 7).Fault);
        Assert.Equal(DocumentFault.Salt, store.Put(record, "text/plain", owner, [], 0, new byte[31]).Fault);
        foreach (var media in (string[])["", "text", "text/plain\r\nSet-Cookie: a=b", "text/plain; charset=\u00e9", new string('a', 100) + "/" + new string('b', 100)])
            Assert.Equal(DocumentFault.MediaType, store.Put(record, media, owner, [], 0).Fault);
        Assert.Equal(DocumentFault.None, store.Put(record, "text/plain; charset=utf-8", owner, [], 0).Fault);
    }

    [Fact]
    public void Documents_of_an_agreement_are_listed_page_by_page()
    {
        using var store = Open();
        var put = new HashSet<Hash>();
        for (var each = 0; each < 25; each++) put.Add(store.Put(record, "text/plain", owner, [], 7).Commitment);
        var (seen, after) = (new List<Hash>(), (Hash?)null);
        while (store.Of(7, owner, after, 10) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(line => line.Commitment));
            after = seen[^1];
        }
        Assert.Equal(25, seen.Count);
        Assert.Equal(put, seen.ToHashSet());
    }

    [Fact]
    public void Whatever_bytes_stand_in_a_file_the_answer_is_a_named_error()
    {
        using var key = new VaultKey(new byte[32]);
        Prop.ForAll<byte[]>(bytes =>
        {
            Assert.Throws<VaultException>(() => SealedDocument.Open(key, Hash.Of(bytes), bytes));
            Assert.Throws<VaultException>(() => SealedDocument.Open(key, Hash.Of(bytes), [.. "KTV0"u8, .. new byte[100], .. bytes]));
        }).QuickCheckThrowOnFailure();
    }

    private DocumentStore Open(string? keyFile = null, VaultOptions? options = null) =>
        new(DataFolder, keyFile, (agreement, party) => agreement == 7 && (party == owner || party == partner), options);

    private string FileOf(Hash commitment) => Path.Combine(DataFolder, "documents", commitment.ToString()[..2], commitment.ToString());

    private sealed class DocumentEquality : IEqualityComparer<(byte[] Salt, string Media, Party Owner, ulong Agreement)>
    {
        public bool Equals((byte[] Salt, string Media, Party Owner, ulong Agreement) x, (byte[] Salt, string Media, Party Owner, ulong Agreement) y) =>
            x.Salt.AsSpan().SequenceEqual(y.Salt) && (x.Media, x.Owner, x.Agreement) == (y.Media, y.Owner, y.Agreement);

        public int GetHashCode((byte[] Salt, string Media, Party Owner, ulong Agreement) obj) => 0;
    }
}
