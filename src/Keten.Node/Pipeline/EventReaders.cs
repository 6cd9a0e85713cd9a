using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;

namespace Keten.Node.Pipeline;

/// <summary>Who may read a block's events: the readers of each event's agreement as the block left it.</summary>
internal static class EventReaders
{
    public static Dictionary<ulong, Readers> Of(Ledger ledger, BlockOutcomes outcomes)
    {
        var readers = new Dictionary<ulong, Readers>();
        foreach (var happened in outcomes.Events)
            if (!readers.ContainsKey(happened.Agreement)) readers.Add(happened.Agreement, happened.Agreement == 0 ? ledger.ReadersOfVotes() : ledger.ReadersOf(happened.Agreement) ?? Readers.Of());
        return readers;
    }

    public static Readers[] Each(BlockOutcomes outcomes, Dictionary<ulong, Readers> readers)
    {
        var each = new Readers[outcomes.Events.Count];
        for (var place = 0; place < each.Length; place++) each[place] = readers.GetValueOrDefault(outcomes.Events[place].Agreement);
        return each;
    }
}
