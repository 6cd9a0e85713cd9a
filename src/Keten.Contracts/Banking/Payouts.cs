using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>The Gateway pays out at the bank what holders of e-money gave back: each once, in one file. What the bank could not pay is issued again by whoever issues the money.</summary>
/// <param name="Gateway">Who hands files to the bank and reads its answers.</param>
/// <param name="Money">What is paid out.</param>
public sealed record Payouts(Party Gateway, Agreement<EMoney> Money)
{
    /// <summary>No call hands over more.</summary>
    public const int AtMost = 500;

    public static readonly Refusal<Payouts> NotThisMoney = new(1, "An amount is of another unit, of nothing, or more than a file carries.");
    public static readonly Refusal<Payouts> HandedOverAlready = new(2, "One of these has been handed to the bank already.");
    public static readonly Refusal<Payouts> NotSoMany = new(3, "A call hands over 1 to 500.");
    public static readonly Refusal<Payouts> NoSuchPayout = new(4, "There is no such payout, or it is not at the step that this follows.");
    public static readonly Refusal<Payouts> NotAReason = new(5, "The reason is not 1 to 35 signs that banks take.");

    /// <summary>What was handed over, by the redemption that it pays out.</summary>
    public static readonly Records<Hash, Payout> Orders = new(1);

    /// <summary>One payout, with all that its line in a file says.</summary>
    /// <param name="Holder">Who gave the money back.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="PayTo">Commitment to the account at the bank.</param>
    /// <param name="From">Commitment to the Gateway's account, from which it is paid.</param>
    /// <param name="At">When it was given back.</param>
    /// <param name="Instant">Whether it goes by an instant credit transfer.</param>
    /// <param name="File">The hash of what its file says.</param>
    /// <param name="Stage">How far it is.</param>
    /// <param name="Reason">Why it was not paid, by its code of ISO 20022; empty before.</param>
    public readonly record struct Payout(Party Holder, Amount Amount, Hash PayTo, Hash From, Instant At, bool Instant, Hash File, PayoutStage Stage, string Reason);

    /// <summary>A redemption that is to be paid out.</summary>
    /// <param name="Redemption">SHA-256 of the transaction that redeemed it and of the event's place.</param>
    /// <param name="Holder">Who gave the money back.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="PayTo">Commitment to the account at the bank.</param>
    /// <param name="At">When it was given back.</param>
    public readonly record struct Redeemed(Hash Redemption, Party Holder, Amount Amount, Hash PayTo, Instant At);

    /// <summary>The Gateway begins; whoever issues the money agrees.</summary>
    /// <param name="Gateway">Who hands files to the bank and reads its answers.</param>
    /// <param name="Money">What is paid out.</param>
    public sealed record Begin(Party Gateway, Agreement<EMoney> Money) : IOpening<Payouts>
    {
        public Signers MustSign(Facts facts) => Signers.All(Gateway, facts.Of(Money).State.Issuer);

        public Outcome<Payouts> Decide(Facts facts) => facts.Accept(new Payouts(Gateway, Money));
    }

    /// <summary>The Gateway hands payouts to the bank in one file; a file of many takes several such calls.</summary>
    /// <param name="Redeemed">1 to 500.</param>
    /// <param name="From">Commitment to the Gateway's account, from which they are paid.</param>
    /// <param name="Instant">Whether they go by instant credit transfers.</param>
    /// <param name="File">The hash of what the file says.</param>
    public readonly record struct HandOver(Many<Redeemed> Redeemed, Hash From, bool Instant, Hash File) : IClause<Payouts>
    {
        public Signers MustSign(Payouts agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Payouts> Decide(Payouts agreed, Facts facts)
        {
            if (Redeemed.Count is 0 or > AtMost) return NotSoMany;
            var (unit, accepted) = (facts.Of(agreed.Money).State.Unit, facts.Accept(agreed));
            var (sum, before) = (unit.Of(0), default(Hash));
            foreach (var (redemption, holder, amount, payTo, at) in Redeemed)
            {
                if (amount.Unit != unit || amount.Minor <= 0 || amount.Minor > Amount.Limit / AtMost) return NotThisMoney;
                // In the order of their hashes, so that one that comes twice is seen.
                if (redemption <= before || facts.Find(Orders, redemption) is not null) return HandedOverAlready;
                accepted.Put(Orders, redemption, new Payout(holder, amount, payTo, From, at, Instant, File, PayoutStage.HandedOver, ""));
                (sum, before) = (sum + amount, redemption);
            }
            return accepted.Emit(new HandedOver(File, (uint)Redeemed.Count, sum));
        }
    }

    /// <summary>The bank has paid one.</summary>
    /// <param name="Redemption">Which.</param>
    public readonly record struct Confirm(Hash Redemption) : IClause<Payouts>
    {
        public Signers MustSign(Payouts agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Payouts> Decide(Payouts agreed, Facts facts) =>
            facts.Find(Orders, Redemption) is not { Stage: PayoutStage.HandedOver } payout ? NoSuchPayout
            : facts.Accept(agreed).Put(Orders, Redemption, payout with { Stage = PayoutStage.Paid }).Emit(new Confirmed(Redemption));
    }

    /// <summary>The bank could not pay one, or got it back. In the same transaction the money is issued again to who gave it back.</summary>
    /// <param name="Redemption">Which.</param>
    /// <param name="Reason">Why, by its code of ISO 20022.</param>
    public readonly record struct ComeBack(Hash Redemption, string Reason) : ICorrection<Payouts>
    {
        public Signers MustSign(Payouts agreed, Facts facts) => Signers.All(agreed.Gateway);

        public Outcome<Payouts> Decide(Payouts agreed, Facts facts) =>
            !SepaIdentifiers.IsReference(Reason) ? NotAReason
            : facts.Find(Orders, Redemption) is not { Stage: not PayoutStage.CameBack } payout ? NoSuchPayout
            : facts.Accept(agreed).Put(Orders, Redemption, payout with { Stage = PayoutStage.CameBack, Reason = Reason }).Emit(new CameBack(Redemption, payout.Holder, payout.Amount, Reason));
    }

    public readonly record struct HandedOver(Hash File, uint Count, Amount Sum) : IEvent;
    public readonly record struct Confirmed(Hash Redemption) : IEvent;
    public readonly record struct CameBack(Hash Redemption, Party Holder, Amount Amount, string Reason) : IEvent;

    public static readonly Contract<Payouts> Contents = new Contract<Payouts>(code: 9, version: 1, Codecs.Payouts.State)
        .Opens(1, Codecs.Payouts.Begin).Does(2, Codecs.Payouts.HandOver).Does(3, Codecs.Payouts.Confirm).Corrects(4, Codecs.Payouts.ComeBack)
        .Tells(1, Codecs.Payouts.HandedOver).Tells(2, Codecs.Payouts.Confirmed).Tells(3, Codecs.Payouts.CameBack)
        .Keeps(Orders, Codecs.Payouts.Payout).Refuses(NotThisMoney, HandedOverAlready, NotSoMany, NoSuchPayout, NotAReason);
}

/// <summary>How far a payout is.</summary>
public enum PayoutStage
{
    /// <summary>It stands in a file that was handed to the bank.</summary>
    HandedOver = 1,

    /// <summary>The bank has paid it.</summary>
    Paid = 2,

    /// <summary>The bank could not pay it, or got it back.</summary>
    CameBack = 3,
}
