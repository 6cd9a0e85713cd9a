using Keten.EndToEnd.Faults;

namespace Keten.EndToEnd;

/// <summary>A few of the faults of «./bench faults», with fewer transactions: nothing acknowledged is lost, all headers are equal, money adds up.</summary>
public sealed class FaultTests
{
    private const int Acknowledged = 300;

    [SkippableServer("etcd", "/usr/bin/etcd")]
    public Task Killed_nodes_a_cut_line_and_an_etcd_that_lost_everything_lose_nothing_that_was_acknowledged() => HoldsAsync("kill-all-nodes", "partition", "lost-etcd");

    private static async Task HoldsAsync(params string[] names)
    {
        var said = new List<string>();
        var rows = await Campaign.RunAsync(names.Select(name => AllFaults.Find(name)!), Acknowledged, said.Add);
        Assert.True(rows.Count >= 2 * names.Length && rows.All(row => row.IsGood), string.Join('\n', said));
        Assert.All(rows.Where(row => !row.IsControl), row => Assert.InRange(row.Acknowledged, Acknowledged, int.MaxValue));
    }

    /// <summary>Says so and skips where the server's program is not on the machine.</summary>
    private sealed class SkippableServerAttribute : FactAttribute
    {
        public SkippableServerAttribute(string server, string program) => Skip = File.Exists(program) ? null : $"There is no {server} here: {program}.";
    }
}
