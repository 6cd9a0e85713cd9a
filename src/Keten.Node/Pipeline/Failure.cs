namespace Keten.Node.Pipeline;

/// <summary>The node has stopped, or was closed: nothing more is taken, and nothing more is signed.</summary>
public sealed class NodeStoppedException(string message, Exception? inner = null) : InvalidOperationException(message, inner);

/// <summary>The node has no validator's key: it takes no transactions, and hands none on. Those of whom it knows do.</summary>
public sealed class ObserverException(IReadOnlyList<string> validators) : InvalidOperationException("This node observes: it takes no transactions, and hands none on.")
{
    /// <summary>The addresses of other nodes, as this one's settings name them.</summary>
    public IReadOnlyList<string> Validators { get; } = validators;
}

/// <summary>The node has too much of something to do just now: it may be asked again in a second.</summary>
public sealed class NodeBusyException(string message) : InvalidOperationException(message);

/// <summary>The first thing that stopped the node. Whoever waits is told, and every stage ends.</summary>
internal sealed class Failure : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeStoppedException? why;

    public CancellationToken Stop => stop.Token;

    /// <summary>Completes when the node stops.</summary>
    public Task Stopped => stopped.Task;

    public NodeStoppedException? Why => Volatile.Read(ref why);

    public void Set(Exception fault)
    {
        var reason = fault as NodeStoppedException ?? new NodeStoppedException($"The node has stopped: {fault.Message}", fault);
        if (Interlocked.CompareExchange(ref why, reason, null) is not null) return;
        stop.Cancel();
        stopped.TrySetResult();
    }

    public void ThrowIfSet()
    {
        if (Why is { } reason) throw new NodeStoppedException(reason.Message, reason.InnerException);
    }

    public void Dispose() => stop.Dispose();
}
