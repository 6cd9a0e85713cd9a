using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Kernel.Execution;

/// <summary>Has one clause decided, holds what a contract may do wrong, and applies what it proposes.</summary>
internal sealed class CallRunner(LedgerState ledger, Authority authority, References references, KeyCache keys)
{
    private readonly Facts facts = new(ledger, keys);

    /// <summary>How many steps all calls have taken together.</summary>
    public long Steps => facts.Steps;
    private readonly Money money = new(ledger);
    private readonly CborWriter scratch = new();

    public BlockOutcomes Outcomes { get; set; } = new();

    public IRefusal? Open(Contract contract, in Call call, out ulong number)
    {
        number = 0;
        if (contract.ClauseOf(call.Clause) is not { Kind: ClauseKind.Opening } clause) return KernelRefusal.UnknownClause;
        if (ledger.IsSuspended(contract.Code, contract.Version)) return KernelRefusal.ContractSuspended;
        var counters = ledger.Counters;
        number = counters.NextAgreement;
        authority.BeginCall(call, contract.Code, call.Clause);
        var refusal = Decide(contract, clause, call.Arguments, number, null, out var draft, out var state);
        if (refusal is not null) return refusal;
        ledger.CountersTable.Set(0, counters with { NextAgreement = counters.NextAgreement + 1 });
        return Apply(draft, number, new AgreementRecord(contract, draft.State!, state!, ledger.Now, false), changed: true);
    }

    public IRefusal? Call(AgreementRecord record, ulong number, in Call call)
    {
        var clause = record.Contract.ClauseOf(call.Clause);
        if (clause is null or { Kind: ClauseKind.Opening or ClauseKind.Due }) return KernelRefusal.UnknownClause;
        if (record.Ended && clause.Kind != ClauseKind.Correction) return KernelRefusal.AgreementEnded;
        if (IsHeldUp(record.Contract, clause)) return KernelRefusal.ContractSuspended;
        authority.BeginCall(call, record.Contract.Code, call.Clause);
        return Decide(record.Contract, clause, call.Arguments, number, record.State, out var draft, out var state) ?? Apply(draft, number, record, state);
    }

    public IRefusal? RunDue(ulong number, WakeUp due)
    {
        var record = ledger.Agreements.Get(number)!;
        var clause = record.Contract.ClauseOf(due.Clause)!;
        if (IsHeldUp(record.Contract, clause)) return KernelRefusal.ContractSuspended;
        return Decide(record.Contract, clause, due.Arguments, number, record.State, out var draft, out var state) ?? Apply(draft, number, record, state);
    }

    /// <summary>Applies the movements of a kernel call, and ends the agreement that it unwinds.</summary>
    public KernelRefusal? Settle(Desk desk)
    {
        if (desk.Movements.Count > 0)
        {
            if (money.Apply(desk.Movements, desk.ActsFor, authority) is { } refusal) return refusal;
            money.Report(Outcomes.PostingsToFill);
        }
        if (desk.ActsFor == 0) return null;
        return End(desk.ActsFor, ledger.Agreements.Get(desk.ActsFor)!) is null ? null : KernelRefusal.UnwindUnbalanced;
    }

    private bool IsHeldUp(Contract contract, Clause clause) => !clause.IsExit && ledger.IsSuspended(contract.Code, contract.Version);

    // The one place that catches what a contract throws. Anything not named here is a fault of the kernel or the machine, and stops the node before it signs.
    private IRefusal? Decide(Contract contract, Clause clause, ReadOnlySpan<byte> arguments, ulong number, object? agreed, out Draft draft, out byte[]? state)
    {
        (draft, state) = (null!, null);
        facts.Lend(contract, number, agreed, ledger.Parameters.StepsPerCall);
        try
        {
            var proposal = clause.Decide(arguments, agreed, facts, authority, references);
            if (proposal.Refusal is { } refusal) return refusal;
            if (proposal.Draft is not { State: not null } made) return KernelRefusal.ContractFaulted;
            draft = made;
            if (facts.IsUnchanged(made)) return null;
            scratch.Reset();
            contract.WriteState(scratch, made.State);
            state = scratch.ToArray();
            return null;
        }
        catch (MalformedException)
        {
            return KernelRefusal.MalformedCall;
        }
        catch (ReferenceException)
        {
            return KernelRefusal.BadReference;
        }
        catch (LimitException limit)
        {
            return limit.Refusal;
        }
        catch (Exception fault) when (IsContractFault(fault))
        {
            return KernelRefusal.ContractFaulted;
        }
    }

    /// <summary>Whether it is what a contract's code can throw on values that it did not expect.</summary>
    internal static bool IsContractFault(Exception fault) => fault is OverflowException or DivideByZeroException or IndexOutOfRangeException or NullReferenceException
        or InvalidCastException or KeyNotFoundException or ArgumentException or InvalidOperationException;

    private KernelRefusal? Apply(Draft draft, ulong number, AgreementRecord record, byte[]? state) =>
        Apply(draft, number, state is null ? record : record with { State = draft.State!, StateBytes = state }, changed: state is not null);

    // From here on nothing is decided by the contract: each part either holds or is the call's refusal.
    private KernelRefusal? Apply(Draft draft, ulong number, AgreementRecord record, bool changed)
    {
        if (draft.Unit is { } unit && Make(unit, number) is { } badUnit) return badUnit;
        if (changed) ledger.Agreements.Set(number, record);
        foreach (var limit in draft.Limits)
            if (money.Apply(limit, number) is { } refusal) return refusal;
        if (draft.Movements.Count > 0)
        {
            if (money.Apply(draft.Movements, number, authority) is { } refusal) return refusal;
            money.Report(Outcomes.PostingsToFill);
        }
        foreach (var mandate in draft.Mandates)
            if (money.Apply(mandate, number, authority) is { } refusal) return refusal;
        foreach (var row in draft.Rows)
        {
            var key = new RowKey(number, row.Table, row.Key);
            if (row.Value is { } value) ledger.Rows.Set(key, value);
            else ledger.Rows.Remove(key);
        }
        foreach (var change in draft.WakeUps)
            if (Apply(change, number) is { } refusal) return refusal;
        foreach (var made in draft.Events)
            Outcomes.AddEvent(number, record.Contract, made.Number, draft.Bytes.Written[made.Start..made.End]);
        // A correction leaves an ended agreement as ended as it was: nothing held, nothing waiting.
        return draft.Ends || record.Ended ? End(number, record) : null;
    }

    private KernelRefusal? Make(UnitMade unit, ulong issuer)
    {
        var counters = ledger.Counters;
        if (unit.Unit.Number != counters.NextUnit || unit.Decimals > 9 || !IsSymbol(unit.Symbol) || (unit.Rules & ~UnitRecord.AllRules) != UnitRules.None) return KernelRefusal.UnknownUnit;
        ledger.Units.Set(unit.Unit, new UnitRecord(unit.Symbol, unit.Decimals, issuer, unit.Rules));
        ledger.CountersTable.Set(0, counters with { NextUnit = counters.NextUnit + 1 });
        return null;
    }

    // Whole characters that can be printed: what half a surrogate pair is written as, no node could read again.
    private static bool IsSymbol(string symbol)
    {
        foreach (var part in symbol)
            if (char.IsControl(part) || char.IsSurrogate(part)) return false;
        return symbol.Length is > 0 and <= 32;
    }

    private KernelRefusal? Apply(WakeUpChange change, ulong number)
    {
        var kept = new List<WakeUp>(WakeUp.AtMost);
        foreach (var waiting in ledger.WakeUpsOf(number))
            if (!waiting.Is(change.Clause, change.Arguments)) kept.Add(waiting);
        if (change.At > Instant.Last) return KernelRefusal.ContractFaulted;
        // What is asked for a moment that is past is due now, behind those that have waited longer.
        if (change.At is { } at) kept.Add(new WakeUp(at > ledger.Now ? at : ledger.Now, change.Clause, change.Arguments, ledger.Height, false));
        if (kept.Count > WakeUp.AtMost) return KernelRefusal.TooManyWakeUps;
        if (kept.Count == 0) ledger.WakeUps.Remove(number);
        else ledger.WakeUps.Set(number, [.. kept]);
        return null;
    }

    private KernelRefusal? End(ulong number, AgreementRecord record)
    {
        if (ledger.Accounts.Holds(number, ledger.Now)) return KernelRefusal.HeldLeft;
        ledger.Agreements.Set(number, record with { Ended = true });
        ledger.WakeUps.Remove(number);
        return null;
    }
}
