using System.Threading.Channels;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Storage;

namespace Keten.Node.Pipeline;

/// <summary>Has what was executed certified, stores block and certificate durably, several blocks a flush, and only then tells anybody.</summary>
internal sealed class FinalStage(NodeParts node, Proofs proofs, SnapshotRhythm rhythm, Certifier certifier, ChannelReader<Executed> blocks)
{
    private bool broken;

    public async Task RunAsync()
    {
        var group = new List<Executed>();
        while (await blocks.WaitToReadAsync())
        {
            group.Clear();
            // What comes behind a change of validators may have to wait for the new ones: those who are to make room for them learn before that it is final.
            while (group.Count < BlockStore.UnflushedAtMost && (group.Count == 0 || !Changes(group[^1].Block.Header)) && blocks.TryRead(out var one)) group.Add(one);
            try
            {
                if (broken) node.Failure.ThrowIfSet();
                Finish(group, await certifier.CertifyAsync(group.ConvertAll(one => one.Block)));
            }
            catch (Exception fault)
            {
                // Blocks behind one that could not be stored are not stored either; the log has them all.
                broken = true;
                node.Failure.Set(fault);
                foreach (var one in group)
                    foreach (var waiting in one.Waiting) waiting.Submission.Fail(node.Failure.Why!);
            }
        }
    }

    private static bool Changes(Header header) => header.Next != header.Validators;

    private void Finish(List<Executed> group, Certificate[] certificates)
    {
        for (var each = 0; each < group.Count; each++) node.Archive.Blocks.Append(BlockRecord.Write(certificates[each], group[each].Block, group[each].Readers));
        node.Archive.Blocks.Flush();
        for (var each = 0; each < group.Count; each++)
        {
            var (block, readers, waiting, snapshot) = group[each];
            node.Archive.Publish(new FinalBlock(certificates[each], block.Transactions, block.Outcomes, EventReaders.Each(block.Outcomes, readers)));
            node.Moved.Set();
            proofs.Final(certificates[each]);
            if (snapshot is not null) rhythm.Begin(snapshot, node.Failure.Set);
            for (var place = 0; place < waiting.Length; place++) Answer(block, place, waiting[place]);
        }
    }

    private void Answer(Block block, int place, in Waiting one)
    {
        var decision = block.Outcomes.Decisions[place];
        node.Metrics.Decided(decision, node.Clock.GetElapsedTime(one.Began));
        if (one.Submission.Wait == WaitFor.Accepted) return;
        var status = decision.IsAccepted ? AnswerStatus.Done : decision.IsVoid ? AnswerStatus.Rejected : AnswerStatus.Refused;
        var answer = new Answer(decision.Id, status, decision.Refusal, decision.Code, decision.Call, decision.IsVoid ? 0 : block.Header.Height);
        // The same transaction twice: its counter is used by itself, and it was decided once.
        if (decision.Refusal == KernelRefusal.Replayed && node.Archive.Answered(decision.Id) is { } before) answer = before;
        one.Submission.Answer(one.Index, answer);
    }
}
