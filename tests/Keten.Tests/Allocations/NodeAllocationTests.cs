using Keten.Node.Pipeline;
using Keten.Testing;
using Keten.Tests.Nodes;
using Xunit.Abstractions;

namespace Keten.Tests.Allocations;

/// <summary>Alone in the process, for what all threads allocate is counted.</summary>
[CollectionDefinition(nameof(NodeAllocationTests), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Bytes that a whole node allocates for a transfer, on all its threads: reading, verifying, ordering, executing, storing and answering.</summary>
[Collection(nameof(NodeAllocationTests))]
public sealed class NodeAllocationTests(ITestOutputHelper output)
{
    private const int Transfers = 2_000;
    private const int AtMost = 4_950;

    [Fact]
    public async Task A_transfer_through_the_node()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var payments = Enumerable.Range(0, Transfers).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1)).ToArray();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var answers = await rig.SubmitAll(payments);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Transfers);
            Assert.All(answers, answer => Assert.Equal(AnswerStatus.Done, answer.Status));
        }
        output.WriteLine($"{least} bytes, {AtMost} at most");
        Assert.InRange(least, 0, AtMost);
    }
}
