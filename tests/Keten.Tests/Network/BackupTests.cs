using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Backups;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>A node is copied while it runs, destroyed, restored, and goes on.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task Backed_up_under_load_destroyed_and_restored_it_catches_up_with_all_headers_equal()
    {
        await using var rig = await Running();
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var each = 0; !stop.IsCancellationRequested; each++) await rig.DoneAsync(each % 4, rig.Pay(rig.Ada, rig.Bob, 1));
        });
        var archives = Enumerable.Range(0, 5).Select(_ => Copy(rig.DiskOf(3))).ToArray();
        await stop.CancelAsync();
        await load;
        foreach (var (_, bytes) in archives) Restore.Read(new MemoryStream(bytes), new SimulatedDisk(1));
        await rig.CloseAsync(3);
        for (var each = 0; each < 5; each++) await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        var disk = new SimulatedDisk(9);
        var manifest = Restore.Read(new MemoryStream(archives[0].Bytes), disk);
        Assert.Equal(rig.Genesis.LedgerId, manifest.LedgerId);
        rig.Replace(3, disk);
        await rig.JoinAsync(3, null, rig.PeerOf(0), rig.PeerOf(1), rig.PeerOf(2));
        var answer = await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(answer.Height, 0, 1, 2, 3);
        for (var height = 1ul; height <= answer.Height; height++) Assert.Equal(rig[0].CertificateOf(height)!.Header, rig[3].CertificateOf(height)!.Header);
        while (disk.Exists(PromiseFile.RestoredName)) await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.True(await Stated(rig, 3, rig[3].Head!.Header.Height) || await Stated(rig, 3, answer.Height));
    }

    /// <summary>Rule 8: it attests nothing that it may have attested since the backup, as others know; what it is known to have attested it states again.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_restored_validator_or_one_that_lost_its_disk_attests_only_above_what_others_know_that_it_attested(bool hasBackup)
    {
        await using var rig = await Running();
        var (_, archive) = Copy(rig.DiskOf(3));
        await rig.CloseAsync(3);
        var disk = new SimulatedDisk(9);
        if (hasBackup) Restore.Read(new MemoryStream(archive), disk);
        rig.Replace(3, disk);
        var known = rig[0].Head!.Header.Height;
        // It had stated what it read five blocks on, as the register still shows.
        await rig.StateAsync(3, rig[0].Head!.Header with { Height = known + 5 }, by: rig.Validators[3]);
        await rig.JoinAsync(3, null, rig.PeerOf(0), rig.PeerOf(1));
        for (var each = 0; each < 12; each++) await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(known + 12, 0, 3);
        for (var height = known + 1; height < known + 5; height++) Assert.False(await Stated(rig, 3, height));
        for (var wait = 0; wait < 300 && !await Stated(rig, 3, known + 12); wait++) await Task.Delay(10);
        Assert.True(await Stated(rig, 3, known + 12));
    }

    /// <summary>The proof that it attested something is its own signature; where the ledger came to something else there, it must not go on.</summary>
    [Fact]
    public async Task A_restored_validator_that_had_attested_another_header_stops()
    {
        await using var rig = await Running();
        var (_, archive) = Copy(rig.DiskOf(3));
        await rig.CloseAsync(3);
        var disk = new SimulatedDisk(9);
        Restore.Read(new MemoryStream(archive), disk);
        rig.Replace(3, disk);
        var said = rig[0].Head!.Header with { Height = rig[0].Head!.Header.Height + 2 };
        await rig.JoinAsync(3, null, rig.PeerOf(0, (question, answer) => question.Topic == PeerTopic.Attested ? Says(answer!, said, Attestation.Sign(rig.Validators[3], said)) : answer), rig.PeerOf(1));
        for (var each = 0; each < 3; each++) await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        for (var wait = 0; wait < 500 && rig[3].Fault is null; wait++) await Task.Delay(20);
        Assert.Contains("attested", rig[3].Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_validator_says_nothing_until_enough_have_told_and_goes_on_by_their_certificates()
    {
        await using var rig = await Running();
        var (_, archive) = Copy(rig.DiskOf(3));
        await rig.CloseAsync(3);
        var disk = new SimulatedDisk(9);
        Restore.Read(new MemoryStream(archive), disk);
        rig.Replace(3, disk);
        var known = rig[0].Head!.Header.Height;
        var reachable = false;
        // One answers, the other is away, and the third lies: what is not signed by this validator is nothing that it said.
        var liar = rig.PeerOf(2, (question, answer) => question.Topic == PeerTopic.Attested ? Says(answer!, rig[0].Head!.Header with { Height = 1_000_000 }, Attestation.Sign(rig.Validators[2], rig[0].Head!.Header) with { Validator = rig.Validators[3].Id }) : answer);
        await rig.JoinAsync(3, null, rig.PeerOf(0), rig.PeerOf(1, (question, answer) => question.Topic == PeerTopic.Attested && !reachable ? null : answer), liar);
        for (var each = 0; each < 5; each++) await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(known + 5, 0, 3);
        for (var height = known + 1; height <= known + 5; height++) Assert.False(await Stated(rig, 3, height));
        Assert.True(liar.Lies > 0);
        Assert.True(disk.Exists(PromiseFile.RestoredName));
        reachable = true;
        for (var wait = 0; wait < 100 && !await Stated(rig, 3, rig[0].Head!.Header.Height); wait++) await rig.DoneAsync(wait % 3, rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.True(await Stated(rig, 3, rig[0].Head!.Header.Height));
    }

    [Fact]
    public async Task A_backup_that_is_changed_cut_or_added_to_is_not_restored()
    {
        await using var rig = await Running();
        var (manifest, archive) = Copy(rig.DiskOf(3));
        var random = new Random(3);
        var refused = 0;
        for (var round = 0; round < 60; round++)
        {
            var changed = archive.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                // Bytes between the files say nothing: then all is as it was.
                var read = Restore.Read(new MemoryStream(changed), new SimulatedDisk(round));
                Assert.Equal(manifest.Files.OrderBy(file => file.Key), read.Files.OrderBy(file => file.Key));
            }
            catch (BackupException)
            {
                refused++;
            }
            Assert.Throws<BackupException>(() => Restore.Read(new MemoryStream(archive, 0, random.Next(archive.Length - 2_048)), new SimulatedDisk(round)));
        }
        Assert.True(refused > 20, $"{refused}");
        // What has no checksum of its own that a check looks at: some height's promise.
        var (promises, hidden) = (rig.DiskOf(3).ReadAll("promises", 1 << 20), archive.ToArray());
        var at = Enumerable.Range(0, promises.Length / 44).Select(place => archive.AsSpan().IndexOf(promises.AsSpan(44 * place, 40)))
            .First(found => found >= 0 && archive.AsSpan(found, 40).IndexOfAnyExcept((byte)0) >= 0);
        hidden[at + 20] ^= 1;
        Assert.Throws<BackupException>(() => Restore.Read(new MemoryStream(hidden), new SimulatedDisk(1)));
        foreach (var name in (string[])["../evil", "log/../../evil", "/etc/evil", "data-vault.key", "log/extra.log"])
        {
            using var more = new MemoryStream();
            using (var tar = new System.Formats.Tar.TarWriter(more, leaveOpen: true)) tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
            // Before the archive's own entries; the two blocks of zeros that end it are left out.
            Assert.Throws<BackupException>(() => Restore.Read(new MemoryStream([.. more.ToArray().AsSpan(0, (int)more.Length - 1024), .. archive]), new SimulatedDisk(1)));
        }
        Assert.Throws<BackupException>(() => Restore.Read(new MemoryStream(archive), rig.DiskOf(2)));
    }

    private static async Task<NetworkRig> Running()
    {
        var rig = new NetworkRig(4);
        rig.Options = rig.Options with { SnapshotEvery = 4 };
        await rig.OpenAllAsync();
        await rig.FundAsync();
        for (var each = 0; each < 12; each++)
        {
            await rig.DoneAsync(each % 4, rig.Pay(rig.Ada, rig.Bob, 1));
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await rig.QuietAsync();
        return rig;
    }

    internal static (BackupManifest Manifest, byte[] Bytes) Copy(IDisk disk)
    {
        using var archive = new MemoryStream();
        var manifest = Backup.Write(disk, null, archive);
        return (manifest, archive.ToArray());
    }

    private static async Task<bool> Stated(NetworkRig rig, int validator, ulong height) =>
        (await rig.Register.ReadAsync((long)height)).Any(statement => statement.Validator == rig.Validators[validator].Id.ToString());

    private static byte[] Says(byte[] answer, Header header, Attestation attestation)
    {
        var reader = new CborReader(answer);
        reader.ArrayOf(2);
        var certificate = reader.Bytes().ToArray();
        var writer = new CborWriter();
        writer.Array(2);
        writer.Bytes(certificate);
        new Spoken(header, attestation).Write(writer);
        return writer.ToArray();
    }
}
