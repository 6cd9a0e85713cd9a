using Keten.Bench.Harness;
using Keten.EndToEnd;

namespace Keten.Bench.Load;

/// <summary>A node in a process of its own, and a fleet that is known to it and has money.</summary>
internal sealed class NodeUnderLoad : IAsyncDisposable
{
    private NodeUnderLoad(NodeProcess node, Fleet fleet) => (Node, Fleet) = (node, fleet);

    public NodeProcess Node { get; }

    public Fleet Fleet { get; }

    public Uri Url => Node.Url;

    public static async Task<NodeUnderLoad> StartAsync(int accounts, NodeOptions? options = null)
    {
        var fleet = new Fleet(accounts);
        var node = await NodeProcess.StartAsync(options ?? NodeOptions.Default, fleet.Bank.Public);
        var under = new NodeUnderLoad(node, fleet);
        await fleet.FoundAsync(node.Genesis.LedgerId, some => Loader.MustAsync(node.Url, some));
        return under;
    }

    /// <summary>Does something, and adds what it cost the node and this process, for each of so many.</summary>
    public async Task<Loaded> CountedAsync(Run run, string each, Func<Task<Loaded>> work, int inEach = 1)
    {
        var (node, mine) = (Usage.Of(Node.Id), Usage.Mine());
        var loaded = await work();
        var (nodeAfter, mineAfter) = (Usage.Of(Node.Id), Usage.Mine());
        var count = (double)Math.Max(1, loaded.Done) * inEach;
        run.Add($"nodeCpuPer{each}", "µs", (nodeAfter.CpuSeconds - node.CpuSeconds) * 1e6 / count);
        run.Add($"loadCpuPer{each}", "µs", (mineAfter.CpuSeconds - mine.CpuSeconds) * 1e6 / count);
        run.Add($"diskWrittenPer{each}", "B", (nodeAfter.WrittenBytes - node.WrittenBytes) / count);
        run.Add("nodeMemory", "MiB", nodeAfter.MemoryBytes / (double)(1 << 20));
        return loaded;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Fleet.Dispose();
    }
}
