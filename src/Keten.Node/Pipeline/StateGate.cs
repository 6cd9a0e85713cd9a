using Keten.Kernel.Blocks;

namespace Keten.Node.Pipeline;

/// <summary>The ledger's state between its one writer and its readers: execution holds it for a block at a time, a reader for a query.</summary>
internal sealed class StateGate(Ledger ledger)
{
    private readonly Lock gate = new();

    public T Read<T>(Func<Ledger, T> query)
    {
        lock (gate) return query(ledger);
    }
}
