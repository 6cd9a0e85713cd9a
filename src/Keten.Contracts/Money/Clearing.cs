using Keten.Kernel;

namespace Keten.Contracts.Money;

/// <summary>
/// A Clearer pays for members what they owe each other, thousands of payments under one signature: a day's parking, tolls or fares. Each member lets it take so much and no more.
/// </summary>
/// <param name="Clearer">Who gathers what members owe each other, and signs it.</param>
/// <param name="Currency">In which unit.</param>
public sealed record Clearing(Party Clearer, Unit Currency)
{
    public static readonly Refusal<Clearing> NotThisMoney = new(1, "The mandate is in another unit.");
    public static readonly Refusal<Clearing> MemberAlready = new(2, "That party is a member already.");
    public static readonly Refusal<Clearing> NoSuchMember = new(3, "A payment names a number that is no member's.");
    public static readonly Refusal<Clearing> NotAPayment = new(4, "A payment is of nothing, or of less, or from a member to itself.");
    public static readonly Refusal<Clearing> ClearedAlready = new(5, "This statement has been cleared already.");
    public static readonly Refusal<Clearing> OneAndTheSame = new(6, "The Clearer is no member of its own clearing.");
    public static readonly Refusal<Clearing> TooMuch = new(7, "A payment is of more than one clearing may hold.");

    /// <summary>The most of one payment, in the smallest part of the currency: as many as one clearing can hold add up to less than there can be of a unit.</summary>
    public const long PaymentAtMost = 1_000_000_000_000_000;

    /// <summary>Who is behind a member's number. Numbers keep payments short, and are never given again.</summary>
    public static readonly Records<MemberNumber, Member> Members = new(1);

    /// <summary>Which number a party has.</summary>
    public static readonly Records<Party, MemberNumber> Numbers = new(2);

    /// <summary>What has been cleared, by the commitment to its statement.</summary>
    public static readonly Records<Hash, Batch> Batches = new(3);

    public readonly record struct Member(Party Party);
    public readonly record struct MemberNumber(uint Number);
    public readonly record struct Batch(Instant At);

    /// <summary>One payment among members.</summary>
    /// <param name="From">The number of who pays.</param>
    /// <param name="To">The number of who is paid.</param>
    /// <param name="Minor">How much, in the smallest part of the currency.</param>
    public readonly record struct Payment(uint From, uint To, long Minor);

    /// <summary>The Clearer begins.</summary>
    /// <param name="Clearer">Who gathers and signs.</param>
    /// <param name="Currency">In which unit.</param>
    public sealed record Begin(Party Clearer, Unit Currency) : IOpening<Clearing>
    {
        public Signers MustSign(Facts facts) => Signers.All(Clearer);

        public Outcome<Clearing> Decide(Facts facts) => facts.Accept(new Clearing(Clearer, Currency));
    }

    /// <summary>A party becomes a member, and lets the Clearer take so much each time, in all, until a day.</summary>
    /// <param name="Party">Who joins.</param>
    /// <param name="Mandate">Each is for one clearing, however many payments of the member are in it.</param>
    public readonly record struct Join(Party Party, Mandate Mandate) : IClause<Clearing>
    {
        public Signers MustSign(Clearing agreed, Facts facts) => Signers.All(Party);

        public Outcome<Clearing> Decide(Clearing agreed, Facts facts)
        {
            if (Party == agreed.Clearer) return OneAndTheSame;
            if (Mandate.InAll.Unit != agreed.Currency) return NotThisMoney;
            if (facts.Find(Numbers, Party) is not null) return MemberAlready;
            var number = new MemberNumber((uint)facts.Count(Members) + 1);
            return facts.Accept(agreed).Allow(Party, Mandate).Put(Members, number, new Member(Party)).Put(Numbers, Party, number).Emit(new Joined(Party, number.Number, Mandate));
        }
    }

    /// <summary>A member changes or renews its mandate; it replaces the one before, with what was left of it.</summary>
    /// <param name="Party">Whose.</param>
    /// <param name="Mandate">In the same unit.</param>
    public readonly record struct Change(Party Party, Mandate Mandate) : IClause<Clearing>
    {
        public Signers MustSign(Clearing agreed, Facts facts) => Signers.All(Party);

        public Outcome<Clearing> Decide(Clearing agreed, Facts facts) =>
            facts.Find(Numbers, Party) is null ? NoSuchMember : Mandate.InAll.Unit != agreed.Currency ? NotThisMoney
            : facts.Accept(agreed).Allow(Party, Mandate).Emit(new Changed(Party, Mandate));
    }

    /// <summary>A member takes its mandate away. It keeps its number, and may still be paid.</summary>
    /// <param name="Party">Who leaves.</param>
    public readonly record struct Leave(Party Party) : IClause<Clearing>, IExit
    {
        public Signers MustSign(Clearing agreed, Facts facts) => Signers.All(Party);

        public Outcome<Clearing> Decide(Clearing agreed, Facts facts) =>
            facts.Find(Numbers, Party) is null ? NoSuchMember : facts.Accept(agreed).Withdraw(Party, agreed.Currency).Emit(new Left(Party));
    }

    /// <summary>The Clearer pays for the members what they owe each other: all of it, or nothing where one of them cannot. A payment by mistake goes back by a payment the other way.</summary>
    /// <param name="Payments">Up to 4,096.</param>
    /// <param name="Statement">Commitment to the statement that says what each is for; each is cleared once.</param>
    public readonly record struct Clear(Many<Payment> Payments, Hash Statement) : IClause<Clearing>
    {
        public Signers MustSign(Clearing agreed, Facts facts) => Signers.All(agreed.Clearer);

        public Outcome<Clearing> Decide(Clearing agreed, Facts facts)
        {
            if (facts.Find(Batches, Statement) is not null) return ClearedAlready;
            var (accepted, sum) = (facts.Accept(agreed), agreed.Currency.Of(0));
            foreach (var payment in Payments)
            {
                if (payment.Minor <= 0 || payment.From == payment.To) return NotAPayment;
                if (payment.Minor > PaymentAtMost) return TooMuch;
                if (facts.Find(Members, new MemberNumber(payment.From)) is not { } from || facts.Find(Members, new MemberNumber(payment.To)) is not { } to) return NoSuchMember;
                accepted.Move(agreed.Currency.Of(payment.Minor), from.Party, to.Party);
                sum += agreed.Currency.Of(payment.Minor);
            }
            return accepted.Put(Batches, Statement, new Batch(facts.Now)).Emit(new Cleared(Statement, (uint)Payments.Count, sum));
        }
    }

    public readonly record struct Joined(Party Party, uint Number, Mandate Mandate) : IEvent;
    public readonly record struct Changed(Party Party, Mandate Mandate) : IEvent;
    public readonly record struct Left(Party Party) : IEvent;
    public readonly record struct Cleared(Hash Statement, uint Payments, Amount Sum) : IEvent;

    public static readonly Contract<Clearing> Contents = new Contract<Clearing>(code: 6, version: 1, Codecs.Clearing.State)
        .Opens(1, Codecs.Clearing.Begin).Does(2, Codecs.Clearing.Join).Does(3, Codecs.Clearing.Change).Does(4, Codecs.Clearing.Leave).Does(5, Codecs.Clearing.Clear)
        .Tells(1, Codecs.Clearing.Joined).Tells(2, Codecs.Clearing.Changed).Tells(3, Codecs.Clearing.Left).Tells(4, Codecs.Clearing.Cleared)
        .Keeps(Members, Codecs.Clearing.MemberNumberKey, Codecs.Clearing.Member).Keeps(Numbers, Codecs.Clearing.MemberNumber).Keeps(Batches, Codecs.Clearing.Batch)
        .Refuses(NotThisMoney, MemberAlready, NoSuchMember, NotAPayment, ClearedAlready, OneAndTheSame, TooMuch);
}
