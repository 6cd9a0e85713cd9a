using System.Diagnostics;
using Keten.Client;
using Keten.Kernel;

namespace Keten.EndToEnd.Faults;

/// <summary>What strikes nodes.</summary>
internal static class NodeFaults
{
    private const double ALittle = 0.2;
    private const int SentOnce = 500;

    public static async Task KillOneAsync(Bout bout)
    {
        var sent = await SentAndKilledAsync(bout, 0);
        await bout.MoreAsync(ALittle);
        await BackAsync(bout, 0);
        bout.Seen = "the other three went on";
        await SentOnceAsync(bout, "kill-node", sent);
    }

    public static async Task KillTwoAsync(Bout bout)
    {
        var sent = await SentAndKilledAsync(bout, 0, 1);
        // What the dead had attested may still become final.
        await bout.StandsAsync();
        await BackAsync(bout, 0, 1);
        bout.Seen = "nothing became final for as long as two were away, then all went on";
        await SentOnceAsync(bout, "kill-two-nodes", sent);
    }

    public static async Task KillAllAsync(Bout bout)
    {
        var sent = await SentAndKilledAsync(bout, 0, 1, 2, 3);
        await BackAsync(bout, 0, 1, 2, 3);
        bout.Seen = "all four died at once under load, and came back";
        await SentOnceAsync(bout, "kill-all-nodes", sent);
    }

    public static async Task PartitionAsync(Bout bout)
    {
        bout.Network.Line.Cut();
        await bout.MoreAsync(ALittle);
        var mended = Stopwatch.GetTimestamp();
        bout.Network.Line.Mend();
        await bout.RecoveredAsync(mended);
        bout.Seen = "the other three went on; the one cut off made nothing final, and followed when the line was back";
    }

    public static async Task ClockJumpAsync(Bout bout)
    {
        var clock = bout.Network.Clock!;
        clock.Jump("+2h");
        await bout.MoreAsync(ALittle);
        clock.Jump("-1d");
        await bout.MoreAsync(ALittle);
        var right = Stopwatch.GetTimestamp();
        clock.Jump("+0");
        await bout.RecoveredAsync(right);
        bout.Seen = "one clock two hours ahead, then a day behind; the others went on";
    }

    public static async Task FullDiskAsync(Bout bout)
    {
        bout.Network.Disk!.Fill();
        await bout.MoreAsync(ALittle);
        await bout.Network.Nodes.KillAsync(FaultNetwork.SmallDisk);
        bout.Network.Disk.MakeRoom();
        await BackAsync(bout, FaultNetwork.SmallDisk);
        bout.Seen = "the other three went on";
    }

    public static async Task LostDiskAsync(Bout bout)
    {
        const int lost = FaultNetwork.Distant;
        await bout.Network.Nodes.KillAsync(lost);
        Directory.Delete(bout.Network.Nodes.DataOf(lost), recursive: true);
        await bout.MoreAsync(ALittle);
        await BackAsync(bout, lost);
        bout.Seen = "the node took all from the others, and signed again when they had told what it had attested";
    }

    /// <summary>A validator by itself that loses its disk, and has a copy of before.</summary>
    public static async Task<FaultRow> AloneAsync(Aftermath after)
    {
        const int some = 500;
        using var payers = new Payers(1);
        await using var node = await NodeProcess.StartAsync(payers.Bank.Public);
        var copy = after.Network.FileNamed("copy");
        using (var client = new KetenClient(node.Url))
        {
            await payers.FoundAsync(node.Genesis.LedgerId, client, after.Cancel);
            await client.SubmitAsync(Memory(payers.Transfers(0, some)), cancel: after.Cancel);
        }
        await node.KillAsync();
        Copy(node.Data, copy);
        await node.StartAgainAsync();
        Submission[] promised;
        using (var client = new KetenClient(node.Url)) promised = await client.SubmitAsync(Memory(payers.Transfers(0, some)), cancel: after.Cancel);
        await node.KillAsync();
        Directory.Delete(node.Data, recursive: true);
        Copy(copy, node.Data);
        await node.StartAgainAsync();
        var lost = await MissingAsync(node.Url, [.. promised.Where(answer => answer.Status == SubmissionStatus.Done).Select(answer => answer.Id)], after.Cancel);
        return new FaultRow("lost-disk", "without the other validators: one alone, whose disk is lost and put back from an older copy")
        {
            Acknowledged = 2 * some, Lost = lost, Seen = "what was final after the copy was taken is gone: nobody else has it",
        };
    }

    private static async Task BackAsync(Bout bout, params int[] validators)
    {
        var back = Stopwatch.GetTimestamp();
        await Task.WhenAll(validators.Select(validator => bout.Network.Nodes.StartAsync(validator, bout.Cancel)));
        await bout.RecoveredAsync(back);
    }

    // Sent to the first of them in the moment in which they are killed, by one who does not wait for an answer and does not send again.
    private static async Task<Hash[]> SentAndKilledAsync(Bout bout, params int[] validators)
    {
        using var client = new KetenClient(bout.Network.Nodes.UrlOf(validators[0]), patience: Patience.None);
        var some = bout.Network.Payers.Transfers(FaultNetwork.Count + validators[0], SentOnce);
        var parts = some.Chunk(SentOnce / 10).ToArray();
        // Half of it before the kill and half behind it: whoever does not wait for an answer does not know which is which.
        var sent = Array.ConvertAll(parts[..(parts.Length / 2)], Send);
        var killed = Task.WhenAll(validators.Select(bout.Network.Nodes.KillAsync));
        foreach (var one in (Task[])[.. sent, .. Array.ConvertAll(parts[sent.Length..], Send)]) await one.ContinueWith(_ => { }, TaskScheduler.Default);
        await killed;
        return Array.ConvertAll(some, one => Transaction.Parse(one).Id);

        Task Send(byte[][] part) => client.SubmitAsync(Memory(part), cancel: bout.Cancel);
    }

    private static async Task SentOnceAsync(Bout bout, string fault, Hash[] sent) => bout.Controls.Add(new FaultRow(fault, "without waiting for `final` and sending again: what a client had sent counts as done")
    {
        IsControl = true, Acknowledged = sent.Length, Lost = await MissingAsync(bout.Network.Nodes.UrlOf(2), sent, bout.Cancel), Seen = "what was sent in the moment of the kill, and not again, is not in the ledger",
    });

    private static async Task<int> MissingAsync(Uri node, Hash[] ids, CancellationToken cancel)
    {
        using var client = new KetenClient(node);
        var missing = 0;
        foreach (var id in ids)
            if (await client.TransactionAsync(id, cancel: cancel) is null) missing++;
        return missing;
    }

    private static ReadOnlyMemory<byte>[] Memory(byte[][] some) => Array.ConvertAll(some, one => (ReadOnlyMemory<byte>)one);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
