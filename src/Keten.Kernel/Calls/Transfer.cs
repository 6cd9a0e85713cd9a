namespace Keten.Kernel;

/// <summary>The calls on the ledger itself: payments, keys, delegates, guardians. Contract 0 of every catalogue.</summary>
public static partial class KernelCalls
{
    internal const ushort TransferNumber = 1;

    /// <summary>One party pays another. The amount is signed as it stands, and so is its own cap.</summary>
    /// <param name="From">Who pays; nobody named where the transaction has a single signer, who then pays.</param>
    /// <param name="To">Who is paid.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reference">The payer's own, unique for the payment, so that a copy restored from a backup cannot pay twice unnoticed.</param>
    public readonly record struct Transfer(Party? From, Party To, Amount Amount, Reference? Reference) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Payer(desk) is { IsNone: false } payer ? Signers.All(payer) : Signers.NoOne;

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (Amount.Minor <= 0) return KernelRefusal.NegativeAmount;
            var payer = Payer(desk);
            desk.Authority.Imply(payer, Amount);
            desk.Movements.Add(new Movement(MovementKind.Pay, payer, To, Amount, default));
            return null;
        }

        private Party Payer(Desk desk) => From ?? (desk.Authority.Signatories.Count == 1 ? desk.Authority.Signatories[0].Party : default);
    }
}
