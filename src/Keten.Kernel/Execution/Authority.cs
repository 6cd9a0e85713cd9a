using Keten.Kernel.State;

namespace Keten.Kernel.Execution;

/// <summary>Who signed the transaction at hand, what each may be charged in the call at hand, and what delegates and parties under recovery have spent. Lent for one transaction.</summary>
internal sealed class Authority(LedgerState ledger)
{
    private readonly List<Signatory> signatories = [];
    private readonly List<Drawn> capUsed = [];
    private readonly List<Drawn> delegateUsed = [];
    private readonly List<ImpliedCap> implied = [];
    private Signers must;
    private ushort contract, clause;
    private Call call;
    private bool hasCall;

    /// <summary>The signing keys of the transaction, in the order of its slots.</summary>
    public IReadOnlyList<Signatory> Signatories => signatories;

    public void Begin()
    {
        signatories.Clear();
        delegateUsed.Clear();
        hasCall = false;
    }

    public void Add(Signatory signatory) => signatories.Add(signatory);

    public void BeginCall(in Call of, ushort contractCode, ushort clauseNumber)
    {
        (call, hasCall, contract, clause) = (of, true, contractCode, clauseNumber);
        BeginCall();
    }

    /// <summary>For what nobody signed: a wake-up, or a parked one that is run again.</summary>
    public void BeginUnsigned()
    {
        hasCall = false;
        BeginCall();
    }

    /// <summary>Notes who must sign, and says what is lacking; null where the policy is met.</summary>
    public KernelRefusal? Lacks(Signers policy)
    {
        must = policy;
        for (Signers? part = policy; part is { } one; part = one.Also)
        {
            var (signed, outside) = (0, false);
            foreach (var party in one.Named)
            {
                if (HasSigned(party)) signed++;
                else outside |= IsSignatory(party);
            }
            if (signed < one.Least) return outside ? KernelRefusal.OutsideDelegation : KernelRefusal.SignatureMissing;
        }
        return null;
    }

    /// <summary>Whether a party signed this call, itself or by a delegate whose scope covers it.</summary>
    public bool HasSigned(Party party)
    {
        if (!hasCall) return false;
        foreach (var signatory in signatories)
            if (signatory.Party == party && MaySign(signatory)) return true;
        return false;
    }

    /// <summary>Whether a key is among those that signed the transaction.</summary>
    public bool HasKey(KeyId key)
    {
        foreach (var signatory in signatories)
            if (signatory.Key == key) return true;
        return false;
    }

    /// <summary>Lets a kernel call state its own cap: a transfer's amount is signed as it stands.</summary>
    public void Imply(Party party, Amount amount) => implied.Add(new ImpliedCap(party, amount));

    /// <summary>Whether a party is among those that the clause names and that signed it: then it can be charged, up to its cap, and no mandate is asked.</summary>
    public bool IsChargeable(Party party) => must.Names(party) && HasSigned(party);

    /// <summary>Counts what leaves a party that <see cref="IsChargeable"/> against the cap of its signature, its delegate's limits and the emergency limit.</summary>
    public KernelRefusal? Charge(Party party, Amount amount)
    {
        KernelRefusal? refusal = KernelRefusal.OverCap;
        for (var index = 0; index < signatories.Count; index++)
        {
            if (signatories[index].Party != party || !MaySign(signatories[index])) continue;
            if (CapOf(index, party, amount.Unit) < (Int128)Used(capUsed, index, amount.Unit) + amount.Minor) continue;
            refusal = ChargeDelegate(index, amount) ?? ChargeEmergency(party, amount);
            if (refusal is not null) continue;
            Use(capUsed, index, amount);
            return null;
        }
        return refusal;
    }

    /// <summary>While a recovery is pending only the emergency limit leaves, mandates included.</summary>
    public KernelRefusal? ChargeEmergency(Party party, Amount amount)
    {
        if (ledger.EmergencyLeft(party, amount.Unit) is not { } left) return null;
        if (amount.Minor > left) return KernelRefusal.OverEmergencyLimit;
        SpendToday(new SpentKey(party.Id, amount.Unit), amount.Minor);
        return null;
    }

    private void BeginCall()
    {
        must = Signers.NoOne;
        capUsed.Clear();
        implied.Clear();
    }

    private bool MaySign(Signatory signatory) =>
        !signatory.Party.IsNone && (signatory.Delegation is not { } delegation || (delegation.Until > ledger.Now && delegation.Covers(contract, clause)
            && (contract != 0 || clause == KernelCalls.TransferNumber)));

    private bool IsSignatory(Party party)
    {
        foreach (var signatory in signatories)
            if (signatory.Party == party) return true;
        return false;
    }

    private long CapOf(int index, Party party, Unit unit)
    {
        foreach (var cap in implied)
            if (cap.Party == party && cap.Amount.Unit == unit) return cap.Amount.Minor;
        return hasCall ? call.Caps.Most(index, unit) : 0;
    }

    private KernelRefusal? ChargeDelegate(int index, Amount amount)
    {
        var signatory = signatories[index];
        if (signatory.Delegation is not { } delegation) return null;
        foreach (var limit in delegation.Limits)
        {
            if (limit.Each.Unit != amount.Unit) continue;
            if ((Int128)Used(delegateUsed, index, amount.Unit) + amount.Minor > limit.Each.Minor) return KernelRefusal.OverDelegateLimit;
            var spending = new SpentKey(signatory.Key.Id, amount.Unit);
            if ((Int128)ledger.SpentOnThisDay(spending) + amount.Minor > limit.PerDay.Minor) return KernelRefusal.OverDelegateLimit;
            SpendToday(spending, amount.Minor);
            Use(delegateUsed, index, amount);
            return null;
        }
        return KernelRefusal.OverDelegateLimit;
    }

    private void SpendToday(SpentKey key, long minor) => ledger.SpentToday.Set(key, new Spent(ledger.Now.DayNumber, ledger.SpentOnThisDay(key) + minor));

    private static long Used(List<Drawn> drawn, int index, Unit unit)
    {
        foreach (var one in drawn)
            if (one.Signatory == index && one.Unit == unit) return one.Minor;
        return 0;
    }

    private static void Use(List<Drawn> drawn, int index, Amount amount)
    {
        for (var each = 0; each < drawn.Count; each++)
        {
            if (drawn[each].Signatory != index || drawn[each].Unit != amount.Unit) continue;
            drawn[each] = drawn[each] with { Minor = drawn[each].Minor + amount.Minor };
            return;
        }
        drawn.Add(new Drawn(index, amount.Unit, amount.Minor));
    }

    private readonly record struct Drawn(int Signatory, Unit Unit, long Minor);

    private readonly record struct ImpliedCap(Party Party, Amount Amount);
}

/// <summary>A key that signed, and for whom.</summary>
/// <param name="Key">The key.</param>
/// <param name="Party">Whose; nobody where the transaction itself introduces the key.</param>
/// <param name="Delegation">What it may do, if it is a delegate's.</param>
internal readonly record struct Signatory(KeyId Key, Party Party, Delegation? Delegation);
