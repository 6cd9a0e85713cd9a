using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>Who may read an agreement, its records and its events: whom its state says, or else the parties that the state names.</summary>
public static class AgreementReaders
{
    /// <summary>The readers of an agreement as the state stands; nobody where there is no such agreement, or its contract could not say.</summary>
    public static Readers Of(LedgerState ledger, ulong agreement)
    {
        if (ledger.Agreement(agreement) is not { } record) return Readers.Of();
        try
        {
            if (record.State is IReadBy own)
            {
                var facts = new Facts(ledger);
                facts.Lend(record.Contract, agreement, record.State, ledger.Parameters.StepsPerCall);
                return own.MayRead(facts);
            }
            var named = new PartySet();
            record.Contract.NameParties(record.State, named);
            return Readers.Of(named.AsSpan());
        }
        catch (Exception fault) when (fault is LimitException or OverflowException or DivideByZeroException or IndexOutOfRangeException or NullReferenceException
            or InvalidCastException or KeyNotFoundException or ArgumentException or InvalidOperationException)
        {
            return Readers.Of();
        }
    }
}
