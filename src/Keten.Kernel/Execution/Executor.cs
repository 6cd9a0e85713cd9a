using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Kernel.Execution;

/// <summary>Decides transactions and wake-ups one after another against the ledger's state. Pure: the same order gives the same outcomes on every machine.</summary>
internal sealed class Executor
{
    private readonly LedgerState ledger;
    private readonly KeyCache keys;
    private readonly Hash ledgerId;
    private readonly Authority authority;
    private readonly Desk desk;
    private readonly CallRunner runner;
    private readonly References references;
    private readonly CborWriter scratch = new();
    private readonly int[] txMarks, callMarks;
    private BlockOutcomes outcomes = new();

    public Executor(Hash ledgerId, LedgerState ledger, Catalogue catalogue, KeyCache keys)
    {
        (this.ledgerId, this.ledger, this.keys, InForce) = (ledgerId, ledger, keys, catalogue);
        authority = new Authority(ledger);
        references = new References(ledgerId, ledger, keys);
        runner = new CallRunner(ledger, authority, references, keys);
        desk = new Desk(ledgerId, ledger, authority, this);
        (txMarks, callMarks) = (new int[ledger.TableCount], new int[ledger.TableCount]);
    }

    /// <summary>The contracts that openings are of.</summary>
    public Catalogue InForce { get; set; }

    /// <summary>What the block at hand has done so far.</summary>
    public BlockOutcomes Outcomes => outcomes;

    /// <summary>How many steps all calls have taken together.</summary>
    public long Steps => runner.Steps;

    /// <summary>Begins a block: what is due comes first.</summary>
    public void BeginBlock(BlockOutcomes into)
    {
        outcomes = into;
        runner.Outcomes = into;
        // What is asked for while these run waits for the next block, so one that always asks again holds up nobody.
        var left = ledger.Parameters.WakeUpsPerBlock;
        foreach (var agreement in ledger.WakeUps.Due(ledger.Now, left))
        {
            if (left == 0) return;
            left -= RunDue(agreement, left);
        }
    }

    /// <summary>Decides one transaction, once: accepted whole, or refused whole with only its signers' counters consumed, or void with nothing consumed.</summary>
    public Decision Decide(Transaction transaction, CheckedTransaction? prepared)
    {
        var decision = Admit(transaction, prepared) is { } refusal ? new Decision(transaction.Id, refusal, 0, 0) : DecideAdmitted(transaction);
        outcomes.Add(decision);
        return decision;
    }

    /// <summary>Runs a parked wake-up again, within the call at hand.</summary>
    public KernelRefusal? RunParked(ulong agreement, ushort clause, Hash arguments)
    {
        foreach (var waiting in ledger.WakeUpsOf(agreement))
        {
            if (!waiting.Parked || waiting.Clause != clause || Hash.Of(waiting.Arguments) != arguments) continue;
            authority.BeginUnsigned();
            Forget(agreement, waiting);
            return runner.RunDue(agreement, waiting) is { } refusal ? refusal as KernelRefusal ?? KernelRefusal.ContractFaulted : null;
        }
        return KernelRefusal.NothingParked;
    }

    private KernelRefusal? Admit(Transaction transaction, CheckedTransaction? prepared)
    {
        if (transaction.LedgerId != ledgerId) return KernelRefusal.WrongLedger;
        if (ledger.Epoch.Get(0) is { } epoch && epoch.Has(transaction.Id)) return KernelRefusal.SetAside;
        if (transaction.Expiry <= ledger.Now) return KernelRefusal.Expired;
        if (transaction.Expiry > ledger.Now.Plus(ledger.Parameters.ExpiryAheadSeconds)) return KernelRefusal.ExpiryTooFar;
        references.Checked = prepared;
        authority.Begin();
        foreach (var slot in transaction.Signers)
            if (Meet(transaction, slot.Key) is { } refusal) return refusal;
        if (prepared is null && SignatureCheck.Check(transaction, keys, PublicKeyOf, key => IntroducedKeys.Find(transaction, key)) != SignatureVerdict.Valid) return KernelRefusal.BadSignature;
        foreach (var slot in transaction.Signers)
            if (ledger.WindowOf(slot.Key, slot.Lane).Has(slot.Counter)) return KernelRefusal.Replayed;
        return null;
    }

    private KernelRefusal? Meet(Transaction transaction, KeyId key)
    {
        if (ledger.Keys.Get(key) is { } known)
        {
            Guarding.BringUpToDate(desk, known.Party);
            known = ledger.Keys.Get(key)!;
            if (known.Role == KeyRole.Retired) return KernelRefusal.UnknownKey;
            authority.Add(new Signatory(key, known.Party, known.Role == KeyRole.Delegate ? ledger.Delegations.Get(key) : null));
            return null;
        }
        if (IntroducedKeys.Find(transaction, key) is null) return KernelRefusal.UnknownKey;
        authority.Add(new Signatory(key, default, null));
        return null;
    }

    private PublicKey? PublicKeyOf(KeyId key) => ledger.Keys.Get(key)?.Key;

    private Decision DecideAdmitted(Transaction transaction)
    {
        foreach (var slot in transaction.Signers)
        {
            var lane = new LaneKey(slot.Key, slot.Lane);
            ledger.Windows.Set(lane, ledger.Windows.Get(lane).With(slot.Counter));
        }
        foreach (var call in transaction.Calls)
            if (call.Agreement != 0) RunDue(call.Agreement, WakeUp.AtMost);
        ledger.Settle();
        ledger.Mark(txMarks);
        var began = outcomes.Mark;
        for (var index = 0; index < transaction.Calls.Length; index++)
        {
            var call = transaction.Calls[index];
            var (refusal, contract) = Run(call, transaction.Id, index);
            if (refusal is null) continue;
            ledger.RollBack(txMarks);
            outcomes.RollBack(began);
            var decision = new Decision(transaction.Id, refusal, refusal is KernelRefusal ? (ushort)0 : contract, index);
            outcomes.AddLeaf(transaction.Id, index, decision.Code, call.Agreement, call.Clause, outcomes.PostingCount, outcomes.EventCount, default);
            return decision;
        }
        ledger.Settle();
        return new Decision(transaction.Id, null, 0, 0);
    }

    private (IRefusal? Refusal, ushort Contract) Run(in Call call, in Hash origin, int index)
    {
        ledger.Mark(callMarks);
        var (postings, events) = (outcomes.PostingCount, outcomes.EventCount);
        IRefusal? refusal;
        ushort code = 0;
        var agreement = call.Agreement;
        if (call.IsKernel) refusal = RunKernel(call);
        else if (call.Opens)
        {
            code = call.Contract;
            refusal = InForce.Newest(code) is { } contract ? runner.Open(contract, call, out agreement) : KernelRefusal.UnknownContract;
        }
        else if (ledger.Agreements.Get(agreement) is { } record)
        {
            code = record.Contract.Code;
            refusal = runner.Call(record, agreement, call);
        }
        else refusal = KernelRefusal.UnknownAgreement;
        if (refusal is null) outcomes.AddLeaf(origin, index, 0, agreement, call.Clause, postings, events, ledger.DigestOfWrites(callMarks, scratch));
        return (refusal, code);
    }

    private KernelRefusal? RunKernel(in Call call)
    {
        if (KernelContents.Find(call.Clause) is not { } clause) return KernelRefusal.UnknownClause;
        desk.Clear();
        authority.BeginCall(call, 0, call.Clause);
        return clause.Run(call.Arguments, desk, references) ?? runner.Settle(desk);
    }

    // How many ran. One that faults is parked, with an outcome that says so, and the rest go on.
    private int RunDue(ulong agreement, int atMost)
    {
        var ran = 0;
        while (ran < atMost && NextDue(agreement) is { } due)
        {
            ran++;
            Forget(agreement, due);
            ledger.Settle();
            ledger.Mark(callMarks);
            authority.BeginUnsigned();
            var began = outcomes.Mark;
            var refusal = runner.RunDue(agreement, due);
            if (refusal is not null)
            {
                ledger.RollBack(callMarks);
                outcomes.RollBack(began);
                var pending = ledger.WakeUps.Get(agreement) ?? [];
                ledger.WakeUps.Set(agreement, [.. pending, due with { Parked = true }]);
            }
            var code = refusal is null ? 0u : (uint)(refusal is KernelRefusal ? 0 : ledger.Agreements.Get(agreement)!.Contract.Code) << 16 | refusal.Number;
            outcomes.AddLeaf(OriginOf(agreement, due), 0, code, agreement, due.Clause, began.Postings, began.Events, ledger.DigestOfWrites(callMarks, scratch));
            ledger.Settle();
        }
        return ran;
    }

    private WakeUp? NextDue(ulong agreement)
    {
        WakeUp? next = null;
        foreach (var waiting in ledger.WakeUpsOf(agreement))
        {
            if (waiting.Parked || waiting.At > ledger.Now || waiting.Asked >= ledger.Height) continue;
            if (next is null || Order(waiting, next) < 0) next = waiting;
        }
        return next;

        static int Order(WakeUp left, WakeUp right)
        {
            var order = left.At.CompareTo(right.At);
            if (order == 0) order = left.Clause.CompareTo(right.Clause);
            return order == 0 ? left.Arguments.AsSpan().SequenceCompareTo(right.Arguments) : order;
        }
    }

    private void Forget(ulong agreement, WakeUp due)
    {
        var kept = new List<WakeUp>(WakeUp.AtMost);
        foreach (var waiting in ledger.WakeUpsOf(agreement))
            if (!waiting.Is(due.Clause, due.Arguments)) kept.Add(waiting);
        if (kept.Count == 0) ledger.WakeUps.Remove(agreement);
        else ledger.WakeUps.Set(agreement, [.. kept]);
    }

    private Hash OriginOf(ulong agreement, WakeUp due)
    {
        scratch.Reset();
        scratch.Array(4);
        scratch.Unsigned(agreement);
        scratch.Unsigned(due.Clause);
        scratch.Raw(due.Arguments);
        scratch.Unsigned(ledger.Height);
        return Hash.Of(scratch.Written);
    }
}
