namespace Keten.Node.Joining;

/// <summary>What a peer gave is not so. The next one is asked.</summary>
internal sealed class PeerFaultException(string what, Exception? inner = null) : Exception(what, inner);

/// <summary>Another node of the ledger. Nothing that it gives is believed before it has been checked.</summary>
/// <param name="name">How it is called in messages: its address.</param>
internal abstract class Peer(string name) : IDisposable
{
    private int lies;

    public string Name => name;

    /// <summary>How often it gave what was not so.</summary>
    public int Lies => Volatile.Read(ref lies);

    /// <summary>What it did not give rightly last.</summary>
    public string? LastLie { get; private set; }

    /// <summary>Its answer; null where it is away, slow, or has none (any more).</summary>
    public abstract Task<byte[]?> AskAsync(PeerQuestion question, CancellationToken cancel);

    public void Lied(string what)
    {
        LastLie = what;
        Interlocked.Increment(ref lies);
    }

    public virtual void Dispose() { }
}
