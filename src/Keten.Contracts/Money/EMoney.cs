using Keten.Kernel;

namespace Keten.Contracts.Money;

/// <summary>Money at par: the Issuer gives out what it has received at its bank, and pays out again what comes back.</summary>
/// <param name="Issuer">An institution that may issue it.</param>
/// <param name="Unit">What it issues; one of it is one of the currency.</param>
public sealed record EMoney(Party Issuer, Unit Unit)
{
    public static readonly Refusal<EMoney> NotThisMoney = new(1, "The amount is of another unit, or of nothing.");
    public static readonly Refusal<EMoney> IssuedAlready = new(2, "Money has been issued for this payment at the bank already.");

    /// <summary>For which payments at the bank money has been issued: each once.</summary>
    public static readonly Records<Hash, Issuance> Issuances = new(1);

    public readonly record struct Issuance(Party To, Amount Amount);

    /// <summary>The Issuer begins to issue.</summary>
    /// <param name="Issuer">An institution that may issue it.</param>
    /// <param name="Symbol">The currency's code in ISO 4217.</param>
    /// <param name="Decimals">Of its smallest part: 2 for cents.</param>
    public sealed record Begin(Party Issuer, string Symbol, byte Decimals) : IOpening<EMoney>
    {
        public Signers MustSign(Facts facts) => Signers.All(Issuer);

        public Outcome<EMoney> Decide(Facts facts) =>
            facts.Accept(new EMoney(Issuer, facts.NewUnit)).Create(facts.NewUnit, Symbol, Decimals);
    }

    /// <summary>Gives out what was received at the bank.</summary>
    /// <param name="To">Who paid it in.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Received">Commitment to the bank's notice of the payment; each is issued for once.</param>
    public readonly record struct Issue(Party To, Amount Amount, Hash Received) : IClause<EMoney>
    {
        public Signers MustSign(EMoney agreed, Facts facts) => Signers.All(agreed.Issuer);

        public Outcome<EMoney> Decide(EMoney agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Unit || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Issuances, Received) is not null) return IssuedAlready;
            return facts.Accept(agreed).Issue(Amount, To).Put(Issuances, Received, new Issuance(To, Amount)).Emit(new Issued(To, Amount, Received));
        }
    }

    /// <summary>The holder gives money back, and is paid out at the bank.</summary>
    /// <param name="Holder">Who gives it back.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="PayTo">Commitment to the account at the bank.</param>
    public readonly record struct Redeem(Party Holder, Amount Amount, Hash PayTo) : IClause<EMoney>, IExit
    {
        public Signers MustSign(EMoney agreed, Facts facts) => Signers.All(Holder);

        public Outcome<EMoney> Decide(EMoney agreed, Facts facts) =>
            Amount.Unit != agreed.Unit || Amount.Minor <= 0 ? NotThisMoney
            : facts.Accept(agreed).Redeem(Amount, Holder).Emit(new Redeemed(Holder, Amount, PayTo));
    }

    /// <summary>The Issuer lets a customer's account go below nothing, so far.</summary>
    /// <param name="Customer">Whose account.</param>
    /// <param name="Credit">How far; nothing takes the credit away.</param>
    public readonly record struct Lend(Party Customer, Amount Credit) : IClause<EMoney>
    {
        public Signers MustSign(EMoney agreed, Facts facts) => Signers.All(agreed.Issuer);

        public Outcome<EMoney> Decide(EMoney agreed, Facts facts) =>
            Credit.Unit != agreed.Unit ? NotThisMoney : facts.Accept(agreed).Limit(Customer, Credit).Emit(new Lent(Customer, Credit));
    }

    public readonly record struct Issued(Party To, Amount Amount, Hash Received) : IEvent;
    public readonly record struct Redeemed(Party Holder, Amount Amount, Hash PayTo) : IEvent;
    public readonly record struct Lent(Party Customer, Amount Credit) : IEvent;

    public static readonly Contract<EMoney> Contents = new Contract<EMoney>(code: 1, version: 1, Codecs.EMoney.State)
        .Opens(1, Codecs.EMoney.Begin).Does(2, Codecs.EMoney.Issue).Does(3, Codecs.EMoney.Redeem).Does(4, Codecs.EMoney.Lend)
        .Tells(1, Codecs.EMoney.Issued).Tells(2, Codecs.EMoney.Redeemed).Tells(3, Codecs.EMoney.Lent)
        .Keeps(Issuances, Codecs.EMoney.Issuance).Refuses(NotThisMoney, IssuedAlready);
}
