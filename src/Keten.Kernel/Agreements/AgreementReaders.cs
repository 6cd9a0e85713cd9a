using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>Who may read an agreement, its records and its events: whom its state says, or else the parties that the state names.</summary>
internal static class AgreementReaders
{
    /// <summary>The readers of an agreement as the state stands; nobody where its contract could not say.</summary>
    public static Readers Of(LedgerState ledger, ulong agreement, AgreementRecord record)
    {
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
        catch (Exception fault) when (fault is LimitException || CallRunner.IsContractFault(fault))
        {
            return Readers.Of();
        }
    }
}
