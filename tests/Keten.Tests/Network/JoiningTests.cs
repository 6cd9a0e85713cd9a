using System.Buffers.Binary;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>A node that is new, or was away for longer than the log keeps entries, takes what it lacks from peers that it does not trust.</summary>
public sealed class JoiningTests
{
    [Fact]
    public async Task A_new_validator_takes_a_snapshot_from_a_peer_and_comes_to_the_same_headers()
    {
        await using var rig = await Away();
        var peer = rig.PeerOf(0);
        await rig.JoinAsync(3, null, peer);
        Assert.Null(peer.LastLie);
        Assert.True(rig[3].CertificateOf(1)!.Verify(rig.Genesis.Validators));
        var answer = await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 7));
        await rig.SameAsync(answer.Height, 0, 1, 2, 3);
        var (here, there) = (rig[3].Head!.Header, rig[0].CertificateOf(rig[3].Head!.Header.Height)!.Header);
        Assert.Equal(there, here);
        Assert.NotNull(rig[3].Consistency(1, here.HistorySize));
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig[3].ReceiptOf(answer.Id)!, rig.Genesis));
        var first = long.Parse(rig.DiskOf(3).Folder("log").List().First(name => name.EndsWith(".log", StringComparison.Ordinal))[..20], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(first > 1);
        Assert.Throws<PrunedException>(() => _ = rig[3].FollowAsync(0).GetAsyncEnumerator().MoveNextAsync().AsTask().GetAwaiter().GetResult());
        // Opened again it is a node like any other, and its folder holds.
        await rig.CloseAsync(3);
        Assert.DoesNotContain(NodeCheck.Run(rig.DiskOf(3), BuiltIn.Catalogue), finding => finding.IsDamage);
        await rig.JoinAsync(3, null);
        await rig.SameAsync((await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3);
    }

    /// <summary>A bit of any answer, at any place: told apart, counted, and the next peer is asked.</summary>
    [Fact]
    public async Task A_peer_that_changes_anything_is_told_apart_and_the_next_is_asked()
    {
        await using var rig = await Away();
        var random = new Random(4);
        foreach (var topic in (PeerTopic[])[PeerTopic.Certificates, PeerTopic.Leaves, PeerTopic.Snapshot])
        {
            for (var round = 0; round < 6; round++)
            {
                var liar = rig.PeerOf(0, (question, answer) => question.Topic == topic ? Flip(answer!, random) : answer);
                await Enter(rig, new SimulatedDisk(round), liar);
                Assert.True(liar.Lies == 1, $"{topic}, round {round}");
                var (disk, honest) = (new SimulatedDisk(round), rig.PeerOf(1));
                await Enter(rig, disk, rig.PeerOf(0, (question, answer) => question.Topic == topic ? Flip(answer!, random) : answer), honest);
                Assert.Equal(0, honest.Lies);
                Assert.NotEmpty(new SnapshotStore(disk.Folder("snapshots")).Heights());
            }
        }
    }

    /// <summary>What no checksum finds, as the liar makes it anew.</summary>
    [Theory, InlineData("a record is changed"), InlineData("a record stands twice"), InlineData("a record is missing"), InlineData("more was skipped"), InlineData("the history's edge is short"),
     InlineData("an older one"), InlineData("what no ledger keeps")]
    public async Task A_snapshot_lies_about_nothing(string lie)
    {
        await using var rig = await Away();
        byte[]? forged = null;
        var disk = new SimulatedDisk(1);
        var liar = rig.PeerOf(0, (question, answer) =>
        {
            if (question.Topic == PeerTopic.Tip)
            {
                var tip = Tip.FromBytes(answer!);
                var store = new SnapshotStore(rig.DiskOf(0).Folder("snapshots"));
                forged = lie == "an older one" ? store.Piece(store.Heights().First(height => height != tip.Snapshot!.Value.Height), 0, 1 << 20) : Forge(store.Piece(tip.Snapshot!.Value.Height, 0, 1 << 20), lie);
                return (tip with { Snapshot = tip.Snapshot!.Value with { Length = (ulong)forged.Length, Digest = Hash.Of(forged) } }).ToBytes();
            }
            return question.Topic == PeerTopic.Snapshot ? forged!.AsSpan((int)question.Offset).ToArray() : answer;
        });
        await Enter(rig, disk, liar);
        Assert.Equal(1, liar.Lies);
        Assert.Empty(new SnapshotStore(disk.Folder("snapshots")).Heights());
    }

    [Theory, InlineData("a block is missing"), InlineData("one signature short"), InlineData("signed by others"), InlineData("another ledger"), InlineData("another carrier"), InlineData("no blocks at all")]
    public async Task Headers_are_certified_one_after_another(string lie)
    {
        await using var rig = await Away();
        var strangers = Enumerable.Range(0, 4).Select(_ => SigningKey.Generate()).ToArray();
        var disk = new SimulatedDisk(1);
        var liar = rig.PeerOf(0, (question, answer) => question.Topic switch
        {
            PeerTopic.Tip when lie == "another carrier" => Carrier(Tip.FromBytes(answer!), 1).ToBytes(),
            PeerTopic.Tip when lie == "another ledger" => Other(Tip.FromBytes(answer!)).ToBytes(),
            PeerTopic.Certificates when lie == "a block is missing" => Certificates(CertifiedBlock.Read(answer).Where(one => one.Header.Height != 4)),
            PeerTopic.Certificates when lie == "one signature short" => Certificates(CertifiedBlock.Read(answer).Select(one => one.Header.Height != 4 ? one : one with { Certificate = one.Certificate with { Attestations = new Many<Attestation>(one.Certificate.Attestations.AsSpan()[..2]) } })),
            PeerTopic.Certificates when lie == "signed by others" => Certificates(CertifiedBlock.Read(answer).Select(one => one.Header.Height != 4 ? one
                : one with { Certificate = one.Certificate with { Attestations = new Many<Attestation>([.. strangers.OrderBy(key => key.Id).Take(3).Select(key => Attestation.Sign(key, one.Header))]) } })),
            PeerTopic.Certificates when lie == "no blocks at all" => Certificates([]),
            _ => answer,
        });
        await Enter(rig, disk, liar);
        Assert.Equal(1, liar.Lies);
        Assert.Empty(new SnapshotStore(disk.Folder("snapshots")).Heights());
    }

    /// <summary>The power goes at any operation of the disk: the folder starts again, with the ledger whole or as if nothing had been.</summary>
    [Fact]
    public async Task A_crash_while_joining_leaves_a_folder_that_starts_again()
    {
        await using var rig = await Away();
        for (var cut = 1L; ; cut += 1 + cut / 3)
        {
            var disk = new SimulatedDisk((int)cut);
            disk.CutPowerAt(cut);
            var whole = true;
            try
            {
                await Enter(rig, disk, rig.PeerOf(0));
            }
            catch (IOException)
            {
                whole = false;
            }
            disk.Restart();
            await using var node = await LedgerNode.OpenAsync(Setup(rig, disk, rig.PeerOf(1)));
            Assert.True((node.Head?.Header.Height ?? 0) >= new SnapshotStore(disk.Folder("snapshots")).Heights()[0]);
            await node.DisposeAsync();
            Assert.DoesNotContain(NodeCheck.Run(disk), finding => finding.IsDamage);
            Assert.False(disk.Folder("join").Exists("ready"));
            if (whole) break;
        }
    }

    [Fact]
    public async Task A_validator_that_was_away_takes_from_peers_what_the_log_forgot_and_then_follows_the_log()
    {
        await using var rig = await Away(snapshots: false);
        var flipped = 0;
        var liar = rig.PeerOf(0, (question, answer) => question.Topic == PeerTopic.Entries && answer!.Length > 100 && ++flipped > 0 ? Flip(answer, new Random(flipped)) : answer);
        await rig.JoinAsync(3, null, liar, rig.PeerOf(1));
        await rig.SameAsync((await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3);
        Assert.True(liar.Lies > 0);
        Assert.Equal(1, (await Range(rig.DiskOf(3))).First);
    }

    [Fact]
    public async Task Nothing_that_no_certificate_covers_enters_the_log()
    {
        await using var rig = await Away(snapshots: false);
        // Only one who lies: an entry is left out, one more is put in, two are exchanged.
        foreach (var lie in (Func<List<byte[]>, IEnumerable<byte[]>>[])[all => all.Skip(1), all => all.Prepend([1, 2, 3]), all => all.AsEnumerable().Reverse(), _ => []])
        {
            var liar = rig.PeerOf(0, (question, answer) => question.Topic == PeerTopic.Entries ? Entries(lie(Read(answer!))) : answer);
            await rig.JoinAsync(3, null, liar);
            for (var wait = 0; wait < 1_000 && liar.Lies == 0; wait++) await Task.Delay(20);
            Assert.True(liar.Lies > 0);
            Assert.Equal(0ul, rig[3].Read(ledger => ledger.LogPosition));
            await rig.CloseAsync(3);
        }
    }

    /// <summary>What nobody has any more is not to be had entry by entry: the node says so, and when it is started again it takes a snapshot. What it promised it keeps.</summary>
    [Fact]
    public async Task A_validator_that_was_away_for_too_long_says_so_and_takes_a_snapshot_when_it_is_started_again()
    {
        await using var rig = await Away();
        await rig.OpenAsync(3, new MemoryLog(new MemoryStore()));
        await rig.CloseAsync(3);
        var promises = rig.DiskOf(3).ReadAll("promises", 1 << 20);
        var away = true;
        await rig.JoinAsync(3, null, rig.PeerOf(0, (question, answer) => question.Topic == PeerTopic.Entries || away && question.Topic == PeerTopic.Tip ? null : answer));
        for (var wait = 0; wait < 1_000 && rig[3].Fault is null; wait++) await Task.Delay(20);
        Assert.Contains("snapshot", rig[3].Fault!.Message, StringComparison.Ordinal);
        await rig.CloseAsync(3);
        away = false;
        await rig.JoinAsync(3, null, rig.PeerOf(0), rig.PeerOf(1));
        await rig.SameAsync((await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 7))).Height, 0, 1, 2, 3);
        Assert.Equal(promises.Length, rig.DiskOf(3).ReadAll("promises", 1 << 20).Length);
    }

    /// <summary>Three of four have gone on, over several snapshots; the log has forgotten its beginning, and the fourth was never there.</summary>
    private static async Task<NetworkRig> Away(bool snapshots = true)
    {
        var rig = new NetworkRig(4);
        rig.Options = rig.Options with { SnapshotEvery = snapshots ? 4 : 1_000_000, ReplayAtMost = 5 };
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        for (var each = 0; each < 30; each++)
        {
            await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 10));
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        var head = rig[0].Head!.Header;
        await rig.SameAsync(head.Height, 0, 1, 2);
        for (var each = 0; each < 3; each++) await new MemoryLog(rig.Order, $"v{each}").PruneAsync((long)head.LogPosition - 2);
        for (var wait = 0; snapshots && wait < 500 && (await rig.PeerOf(0).AskAsync(new PeerQuestion(PeerTopic.Tip), default) is not { } tip || Tip.FromBytes(tip).Snapshot is null); wait++) await Task.Delay(10);
        await rig.QuietAsync();
        // Snapshots are written beside the rest: the last of them, too.
        var store = new SnapshotStore(rig.DiskOf(0).Folder("snapshots"));
        for (var (last, same) = (0UL, 0); snapshots && same < 20; same++)
        {
            await Task.Delay(10);
            if (store.Heights()[0] is var newest && newest != last) (last, same) = (newest, 0);
        }
        return rig;
    }

    private static NodeSetup Setup(NetworkRig rig, SimulatedDisk disk, params Peer[] peers) =>
        new("none", rig.Genesis, BuiltIn.Catalogue, null, rig.Options with { Clock = new WallClock(rig.Clock) })
        { Disk = disk, Shared = new Keten.Node.Network.SharedOrder(new MemoryLog(rig.Order), rig.Register) { Peers = new Peers(peers) } };

    private static Task Enter(NetworkRig rig, SimulatedDisk disk, params Peer[] peers) => new Entrance(disk, rig.Genesis, Setup(rig, disk, peers), new KeyCache()).EnterAsync(default);

    private static async Task<LogRange> Range(IDisk disk)
    {
        await Task.Yield();
        return new LogRange(long.Parse(disk.Folder("log").List().First(name => name.EndsWith(".log", StringComparison.Ordinal))[..20], System.Globalization.CultureInfo.InvariantCulture), 0);
    }

    private static byte[] Flip(byte[] answer, Random random)
    {
        var changed = answer.ToArray();
        // What stands behind the snapshot's blocks is not looked at.
        changed[random.Next(changed.Length / 2)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static Tip Carrier(Tip tip, ulong further) => tip with { Snapshot = tip.Snapshot!.Value with { Carrier = tip.Snapshot!.Value.Height + further == tip.Snapshot!.Value.Carrier ? tip.Snapshot!.Value.Carrier + 1 : tip.Snapshot!.Value.Height + further } };

    private static Tip Other(Tip tip) => tip with { Newest = tip.Newest with { Header = tip.Newest.Header with { LedgerId = Hash.Of("other"u8) } } };

    private static byte[] Certificates(IEnumerable<CertifiedBlock> some)
    {
        var writer = new CborWriter();
        writer.Array(some.Count());
        foreach (var one in some) one.Write(writer);
        return writer.ToArray();
    }

    private static byte[] Entries(IEnumerable<byte[]> some)
    {
        var writer = new CborWriter();
        writer.Array(some.Count());
        foreach (var one in some) writer.Bytes(one);
        return writer.ToArray();
    }

    private static List<byte[]> Read(byte[] answer)
    {
        var reader = new CborReader(answer);
        var found = new List<byte[]>();
        for (var left = reader.Array(int.MaxValue); left > 0; left--) found.Add(reader.Bytes().ToArray());
        return found;
    }

    // The snapshot's form again, with one thing changed and all checksums made anew.
    private static byte[] Forge(byte[] file, string lie)
    {
        var body = file.AsSpan(0, file.Length - 4).ToArray();
        var reader = new CborReader(body);
        reader.ArrayOf(7);
        reader.Unsigned(0);
        var fields = reader.Bytes().ToArray();
        var (root, skipped, size) = (reader.Hash(), reader.Unsigned(), reader.Unsigned());
        var peaks = new Hash[reader.Array(64)];
        for (var each = 0; each < peaks.Length; each++) peaks[each] = reader.Hash();
        var count = reader.Unsigned();
        var records = new List<(byte[] Key, byte[] Value)>();
        for (var left = count; left > 0; left--)
        {
            var key = reader.Item().ToArray();
            records.Add((key, reader.Item().ToArray()));
        }
        // An account with some money on it.
        var account = records.FindIndex(record => record.Key[1] == 8 && record.Value.Length > 1);
        switch (lie)
        {
            case "a record is changed":
                records[account].Value[^1] ^= 1;
                break;
            case "a record stands twice":
                records.Insert(0, (records[account].Key, [.. records[account].Value[..^1], (byte)(records[account].Value[^1] ^ 1)]));
                break;
            case "a record is missing":
                records.RemoveAt(account);
                break;
            case "more was skipped":
                skipped++;
                break;
            case "the history's edge is short":
                (size, peaks) = (1, [root]);
                break;
            default:
                records.Add(([0x82, 0x18, 0x63, 0x00], [0x00]));
                break;
        }
        var writer = new CborWriter();
        writer.Array(7);
        writer.Unsigned(0);
        writer.Bytes(fields);
        writer.Hash(root);
        writer.Unsigned(skipped);
        writer.Unsigned(size);
        writer.Array(peaks.Length);
        foreach (var peak in peaks) writer.Hash(peak);
        writer.Unsigned((ulong)records.Count);
        foreach (var (key, value) in records)
        {
            writer.Raw(key);
            writer.Raw(value);
        }
        var bytes = writer.ToArray();
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Crc32C.Of(bytes));
        return [.. bytes, .. sum];
    }
}
