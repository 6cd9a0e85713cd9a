namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>Frees an agreement that is stuck: all parties that its state and its child records name, at most 64, sign how what it holds is given out, and it ends. Nobody frees so what is held for others (<see cref="IHoldsForOthers"/>).</summary>
    /// <param name="Agreement">Which.</param>
    /// <param name="Payouts">Exactly what it holds.</param>
    public sealed record Unwind(ulong Agreement, Many<Payout> Payouts) : ICall
    {
        private const int RowsAtMost = 10_000;

        Signers ICall.MustSign(Desk desk)
        {
            if (desk.Ledger.Agreements.Get(Agreement) is not { } record) return Signers.Anyone;
            if (record.State is IHoldsForOthers) return Signers.NoOne;
            var named = new PartySet();
            record.Contract.NameParties(record.State, named);
            foreach (var table in record.Contract.Tables)
            {
                // Who paid in may be named in a child record only. More records than this are not asked through: then nobody frees it so.
                var left = RowsAtMost;
                for (var rows = desk.Ledger.Rows.Range(Agreement, table.Number, null, inclusive: true); rows.MoveNext();)
                {
                    if (left-- == 0 || named.Count > Signers.AtMost) return Signers.NoOne;
                    table.NameParties(rows.Key, rows.Value, named);
                }
            }
            return named.Count is 0 or > Signers.AtMost ? Signers.NoOne : Signers.All(named.AsSpan());
        }

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Ledger.Agreements.Get(Agreement) is not { } record) return KernelRefusal.UnknownAgreement;
            if (record.Ended) return KernelRefusal.AgreementEnded;
            foreach (var payout in Payouts)
                desk.Movements.Add(new Movement(MovementKind.Pay, Owner.Of(Agreement), payout.To, payout.Amount, default));
            desk.ActsFor = Agreement;
            return null;
        }
    }

    /// <summary>To whom, and how much.</summary>
    /// <param name="To">To whom.</param>
    /// <param name="Amount">How much.</param>
    public readonly record struct Payout(Party To, Amount Amount);

    /// <summary>Runs a wake-up again that faulted and was parked. Anybody may.</summary>
    /// <param name="Agreement">Whose.</param>
    /// <param name="Clause">Its number.</param>
    /// <param name="Arguments">SHA-256 of its canonical value.</param>
    public readonly record struct RunParked(ulong Agreement, ushort Clause, Hash Arguments) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.Anyone;

        KernelRefusal? ICall.Do(Desk desk) => desk.Executor.RunParked(Agreement, Clause, Arguments);
    }
}
