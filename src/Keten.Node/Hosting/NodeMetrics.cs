using System.Diagnostics.Metrics;
using System.Globalization;
using Keten.Node.Pipeline;

namespace Keten.Node.Hosting;

/// <summary>What the doors count; the pipeline counts for itself.</summary>
public sealed class NodeMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Keten.Api";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> transactions, problems;
    private readonly UpDownCounter<int> streams;

    /// <summary>Begins to count.</summary>
    public NodeMetrics()
    {
        transactions = meter.CreateCounter<long>("keten.api.transactions", "{transaction}", "Submitted transactions by what was answered and the refusal's number.");
        problems = meter.CreateCounter<long>("keten.api.problems", "{request}", "Requests that were answered with a problem, by status.");
        streams = meter.CreateUpDownCounter<int>("keten.api.streams", "{stream}", "Open event streams.");
    }

    /// <summary>Counts answers.</summary>
    public void Answered(ReadOnlySpan<Answer> answers)
    {
        if (!transactions.Enabled) return;
        foreach (var answer in answers)
            transactions.Add(1, new("status", answer.Status.ToString()), new("refusal", answer.Code.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Counts a problem.</summary>
    public void Refused(int status) => problems.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Counts a stream that opened, +1, or closed, −1.</summary>
    public void Stream(int change) => streams.Add(change);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
