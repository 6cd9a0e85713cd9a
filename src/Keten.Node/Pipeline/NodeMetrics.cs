using System.Diagnostics.Metrics;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;

namespace Keten.Node.Pipeline;

/// <summary>What the node counts and times: meter «Keten.Node». Times in seconds.</summary>
internal sealed class NodeMetrics : IDisposable
{
    public const string MeterName = "Keten.Node";

    private readonly Meter meter;
    private readonly Counter<long> submitted, rejected, decided, refused, entries, skipped, misbehaviour, notPruned;
    private readonly Histogram<int> batch;
    private readonly Histogram<double> append, execution, finality;
    private long height, waiting;

    public NodeMetrics(Hash ledger)
    {
        meter = new Meter(MeterName, null, [new KeyValuePair<string, object?>("ledger", ledger.ToString())]);
        submitted = meter.CreateCounter<long>("keten.submitted", "{transaction}", "Transactions that came to the door.");
        rejected = meter.CreateCounter<long>("keten.rejected", "{transaction}", "Transactions that the door sent away, by refusal.");
        decided = meter.CreateCounter<long>("keten.decided", "{transaction}", "Transactions that were done.");
        refused = meter.CreateCounter<long>("keten.refused", "{transaction}", "Transactions that were refused or void, by code.");
        entries = meter.CreateCounter<long>("keten.entries", "{entry}", "Log entries that became blocks.");
        skipped = meter.CreateCounter<long>("keten.entries.skipped", "{entry}", "Log entries that were skipped.");
        misbehaviour = meter.CreateCounter<long>("keten.misbehaviour", "{event}", "What other validators did against the rules, by validator and kind.");
        notPruned = meter.CreateCounter<long>("keten.shared.prune.failed", "{attempt}", "Times that the shared log could not be told what it may forget.");
        batch = meter.CreateHistogram<int>("keten.batch.size", "{transaction}", "Transactions in an entry of this node's.");
        append = meter.CreateHistogram<double>("keten.log.append.duration", "s", "From appending an entry until it is durable.");
        execution = meter.CreateHistogram<double>("keten.execution.duration", "s", "Executing one block.");
        finality = meter.CreateHistogram<double>("keten.finality.duration", "s", "From the door until final.");
        meter.CreateObservableGauge("keten.height", () => Volatile.Read(ref height), "{block}", "Height of the block that was executed last.");
        meter.CreateObservableGauge("keten.queue.depth", () => Volatile.Read(ref waiting), "{transaction}", "Transactions between the door and the log when the last entry was made.");
    }

    public void Submitted(int count) => submitted.Add(count);

    public void Rejected(KernelRefusal refusal, int count = 1) => rejected.Add(count, new KeyValuePair<string, object?>("refusal", refusal.Name));

    public void Batch(int size, int left)
    {
        batch.Record(size);
        Volatile.Write(ref waiting, left);
    }

    public void Appended(TimeSpan took) => append.Record(took.TotalSeconds);

    public void Executed(Block block, TimeSpan took)
    {
        entries.Add(1);
        execution.Record(took.TotalSeconds);
        Volatile.Write(ref height, (long)block.Header.Height);
    }

    public void NotPruned() => notPruned.Add(1);

    /// <summary>Shows how often other nodes gave what was not so.</summary>
    public void Watch(Joining.Peers peers) =>
        meter.CreateObservableCounter("keten.peers.lied", () => peers.All.Select(peer => new Measurement<long>(peer.Lies, new KeyValuePair<string, object?>("peer", peer.Name))), "{answer}", "Answers of other nodes that were not so.");

    public void Skipped() => skipped.Add(1);

    public void Misbehaved(Evidence evidence) =>
        misbehaviour.Add(1, new KeyValuePair<string, object?>("validator", evidence.Validator.ToString()), new KeyValuePair<string, object?>("kind", evidence.Kind.ToString()));

    public void Decided(in Decision decision, TimeSpan took)
    {
        if (decision.IsAccepted) decided.Add(1);
        else refused.Add(1, new KeyValuePair<string, object?>("code", decision.Code));
        finality.Record(took.TotalSeconds);
    }

    public void Dispose() => meter.Dispose();
}
