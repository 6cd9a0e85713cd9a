namespace Keten.Node.Hosting;

/// <summary>Whether the node is about to stop: new requests are then told to come again, and streams end.</summary>
public sealed class HostState : IDisposable
{
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Signalled when it begins to stop.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Whether it has begun to stop.</summary>
    public bool IsStopping => stopping.IsCancellationRequested;

    /// <summary>Begins to stop.</summary>
    public Task Stop() => stopping.CancelAsync();

    /// <summary>How far the views are, and whether they fail just now; null where the node has none.</summary>
    public Func<(ulong Height, bool Failing)>? Views { get; set; }

    /// <summary>Until when the TLS certificate that the doors show holds, and whether its files have changed to what cannot be shown; null where the doors have none.</summary>
    public Func<(DateTimeOffset Until, bool Failing)>? Certificate { get; set; }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();
}
