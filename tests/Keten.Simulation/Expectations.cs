using Keten.Kernel;
using Keten.Kernel.Blocks;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation;

/// <summary>What those who pay know of their payments: what must come of them, and what cannot.</summary>
internal sealed class Expectations
{
    private readonly HashSet<Hash> hopeless = [];
    private readonly HashSet<Hash> again = [];
    private readonly Dictionary<Hash, (Party From, Party To, long Cents)> payments = [];
    private readonly Dictionary<Party, long> paidIn = [];

    public void PaidIn(Party who, long cents) => paidIn[who] = cents;

    public void Pays(Hash id, Party from, Party to, long cents) => payments[id] = (from, to, cents);

    /// <summary>Will never be done.</summary>
    public void IsHopeless(Hash id) => hopeless.Add(id);

    /// <summary>Was sent again, and may overtake itself.</summary>
    public void SentAgain(Hash id) => again.Add(id);

    public bool WasSentAgain(Hash id) => again.Contains(id);

    public void WasDone(Hash id) => Unless(!hopeless.Contains(id), $"{id} was done, and could not be.");

    /// <summary>The balances that a ledger holds are those to which the decided payments lead.</summary>
    public void CheckMoney(Ledger ledger, Truth truth)
    {
        var expected = new Dictionary<Party, long>(paidIn);
        foreach (var (id, (from, to, cents)) in payments)
        {
            if (truth.Decided(id) is not { Code: 0 }) continue;
            expected[from] -= cents;
            expected[to] += cents;
        }
        foreach (var (party, cents) in expected) Unless(ledger.State.Balance(party, new Unit(1)) == cents, $"{party} should have {cents}.");
        Unless(ledger.State.AllAccounts().Aggregate(Int128.Zero, (sum, account) => sum + account.Value.Balance) == 0, "Money has come or gone.");
    }
}
