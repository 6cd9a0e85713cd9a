using System.Diagnostics;
using Keten.Client;
using Keten.Kernel;

namespace Keten.EndToEnd.Faults;

/// <summary>What strikes nodes.</summary>
internal static class NodeFaults
{
    private const double ALittle = 0.2;
    private const int Promised = 200;

    public static async Task KillOneAsync(Bout bout)
    {
        await bout.Network.Nodes.KillAsync(0);
        await bout.MoreAsync(ALittle);
        await BackAsync(bout, 0);
        bout.Seen = "the other three went on";
    }

    public static async Task KillTwoAsync(Bout bout)
    {
        await Task.WhenAll(bout.Network.Nodes.KillAsync(0), bout.Network.Nodes.KillAsync(1));
        // What the dead had attested may still become final.
        await bout.WaitAsync(1);
        var stood = bout.Load.Count;
        await bout.WaitAsync(3);
        if (bout.Load.Count != stood) throw new InvalidOperationException("Two of four made something final.");
        await BackAsync(bout, 0, 1);
        bout.Seen = "nothing became final for as long as two were away, then all went on";
    }

    public static async Task KillAllAsync(Bout bout)
    {
        await Task.WhenAll(Enumerable.Range(0, FaultNetwork.Count).Select(bout.Network.Nodes.KillAsync));
        await BackAsync(bout, 0, 1, 2, 3);
        bout.Seen = "all four died at once under load, and came back";
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
        // Promised by one who is cut off, and who then loses what it has: nobody else knows of these.
        bout.Network.Line.Cut();
        var promised = await AcceptedAsync(bout);
        await bout.Network.Nodes.KillAsync(lost);
        Directory.Delete(bout.Network.Nodes.DataOf(lost), recursive: true);
        bout.Network.Line.Mend();
        await bout.MoreAsync(ALittle);
        await BackAsync(bout, lost);
        using var client = new KetenClient(bout.Network.Urls[0]);
        var there = await Task.WhenAll(promised.Select(id => client.TransactionAsync(id, cancel: bout.Cancel)));
        bout.Seen = "the node took all from the others, from the first entry on or by a snapshot, and signed again when it knew what it had attested";
        bout.Controls.Add(new FaultRow("lost-disk", "without waiting for `final`: what one validator has only accepted counts as acknowledged, and that validator never comes back with its disk")
        {
            IsControl = true, Acknowledged = promised.Length, Lost = there.Count(one => one is null), Seen = "what was accepted by the validator that was cut off went with its disk; its signed promises are evidence",
        });
    }

    private static async Task BackAsync(Bout bout, params int[] validators)
    {
        var back = Stopwatch.GetTimestamp();
        await Task.WhenAll(validators.Select(validator => bout.Network.Nodes.StartAsync(validator, bout.Cancel)));
        await bout.RecoveredAsync(back);
    }

    private static async Task<Hash[]> AcceptedAsync(Bout bout)
    {
        using var client = new KetenClient(bout.Network.Nodes.UrlOf(FaultNetwork.Distant), patience: Patience.None);
        var some = bout.Network.Payers.Transfers(FaultNetwork.Count + FaultNetwork.Distant, Promised);
        var answers = await client.SubmitAsync(Array.ConvertAll(some, one => (ReadOnlyMemory<byte>)one), WaitUntil.Accepted, cancel: bout.Cancel);
        return [.. answers.Where(answer => answer.Status == SubmissionStatus.Accepted).Select(answer => answer.Id)];
    }
}
