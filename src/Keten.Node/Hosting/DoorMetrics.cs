using System.Diagnostics.Metrics;
using Keten.Node.Pipeline;

namespace Keten.Node.Hosting;

/// <summary>What the doors count; the pipeline counts for itself.</summary>
public sealed class DoorMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Keten.Api";

    private readonly Meter meter;
    private readonly Counter<long> problems;
    private readonly UpDownCounter<int> streams;

    /// <summary>Begins to count, for one ledger.</summary>
    public DoorMetrics(LedgerNode node)
    {
        meter = new Meter(MeterName, null, [new KeyValuePair<string, object?>("ledger", node.LedgerId.ToString())]);
        problems = meter.CreateCounter<long>("keten.api.problems", "{request}", "Requests that were answered with a problem, by status.");
        streams = meter.CreateUpDownCounter<int>("keten.api.streams", "{stream}", "Open event streams.");
    }

    /// <summary>Counts a problem.</summary>
    public void Refused(int status) => problems.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Counts a stream that opened, +1, or closed, −1.</summary>
    public void Stream(int change) => streams.Add(change);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
