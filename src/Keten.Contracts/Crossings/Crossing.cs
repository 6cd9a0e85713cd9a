using Keten.Kernel;

namespace Keten.Contracts.Crossings;

/// <summary>
/// Money crosses from this ledger to another and back, each transfer once: two of these agreements, one on each ledger, that believe nothing but what the other ledger's validators have certified.
/// At home the unit is what it always was, and what has left is held; abroad the agreement issues as much of a unit of its own, and redeems what goes home.
/// </summary>
/// <param name="Founder">Who set it up; nobody has a say in it afterwards.</param>
/// <param name="Side">Whether the unit is at home here.</param>
/// <param name="Unit">What crosses: at home as it is there, abroad what this agreement issues.</param>
/// <param name="Decimals">Of the unit; the same on both sides, so that a cent stays a cent.</param>
/// <param name="Other">The other ledger, as far as its changes of validators have been brought here.</param>
/// <param name="Far">The other side; absent until it is known.</param>
public sealed record Crossing(Party Founder, CrossingSide Side, Unit Unit, byte Decimals, Elsewhere Other, FarSide? Far) : IReadBy, IHoldsForOthers
{
    public static readonly Refusal<Crossing> NotProven = new(1, "That is not shown: the proof does not hold by the validators that are known here, or it is of something else.");
    public static readonly Refusal<Crossing> NotMoney = new(2, "Only a unit that keeps its value and may be passed on can cross.");
    public static readonly Refusal<Crossing> NotThisMoney = new(3, "The amount is of another unit, or of nothing.");
    public static readonly Refusal<Crossing> OneAndTheSame = new(4, "The other ledger is this one.");
    public static readonly Refusal<Crossing> NotTheOther = new(5, "That agreement is not the other side of this one.");
    public static readonly Refusal<Crossing> JoinedAlready = new(6, "The other side is known already.");
    public static readonly Refusal<Crossing> NotJoined = new(7, "The other side is not known yet.");
    public static readonly Refusal<Crossing> NotForHere = new(8, "That transfer is for another ledger or another agreement.");
    public static readonly Refusal<Crossing> ReceivedAlready = new(9, "That transfer has been received here already.");
    public static readonly Refusal<Crossing> TooLate = new(10, "That transfer's time is over: it goes back to its sender.");
    public static readonly Refusal<Crossing> NoSuchTransfer = new(11, "No such transfer is under way from here.");
    public static readonly Refusal<Crossing> TooEarly = new(12, "On the other ledger that transfer can still be received.");

    /// <summary>What was sent from here, by its number; never removed.</summary>
    public static readonly Records<TransferNumber, Transfer> Transfers = new(1);

    /// <summary>What was received here, by the number that the other side gave it; never removed, so that a transfer is received once and its absence can be shown.</summary>
    public static readonly Records<TransferNumber, Receipt> Receipts = new(2);

    /// <summary>A transfer's number: one side's, from 1 upwards.</summary>
    public readonly record struct TransferNumber(ulong Number);

    /// <summary>A transfer that was sent from here.</summary>
    /// <param name="From">Who sent it, here.</param>
    /// <param name="To">Whom it is for, there.</param>
    /// <param name="Amount">How much, in the unit of this side.</param>
    /// <param name="Deadline">It can be received before the other ledger's time is this.</param>
    /// <param name="Ledger">The other ledger.</param>
    /// <param name="Agreement">The agreement there.</param>
    /// <param name="Stage">How far it is, as far as it is known here.</param>
    public readonly record struct Transfer(Party From, Party To, Amount Amount, Instant Deadline, Hash Ledger, ulong Agreement, TransferStage Stage);

    /// <summary>A transfer that was received here.</summary>
    /// <param name="To">By whom.</param>
    /// <param name="Amount">How much, in the unit of this side.</param>
    /// <param name="At">When, by this ledger's time.</param>
    public readonly record struct Receipt(Party To, Amount Amount, Instant At);

    // Anybody may carry a transfer across, and shows for it what stands on the other side.
    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>A side is set up where the unit is at home.</summary>
    /// <param name="Founder">Who sets it up.</param>
    /// <param name="Unit">What is to cross.</param>
    /// <param name="Genesis">The other ledger's.</param>
    public sealed record BeginHome(Party Founder, Unit Unit, Proof Genesis) : IOpening<Crossing>
    {
        public Signers MustSign(Facts facts) => Signers.All(Founder);

        public Outcome<Crossing> Decide(Facts facts)
        {
            if (facts.Describe(Unit) is not { Rules: UnitRules.None } unit) return NotMoney;
            if (facts.Begun(Genesis) is not { } other) return NotProven;
            if (other.Ledger == facts.Ledger) return OneAndTheSame;
            return facts.Accept(new Crossing(Founder, CrossingSide.Home, Unit, unit.Decimals, other, Far: null));
        }
    }

    /// <summary>A side is set up where the unit is to arrive, with a unit of its own.</summary>
    /// <param name="Founder">Who sets it up.</param>
    /// <param name="Symbol">What the unit is called here.</param>
    /// <param name="Decimals">As many as it has at home.</param>
    /// <param name="Genesis">The home ledger's.</param>
    public sealed record BeginAbroad(Party Founder, string Symbol, byte Decimals, Proof Genesis) : IOpening<Crossing>
    {
        public Signers MustSign(Facts facts) => Signers.All(Founder);

        public Outcome<Crossing> Decide(Facts facts)
        {
            if (facts.Begun(Genesis) is not { } other) return NotProven;
            if (other.Ledger == facts.Ledger) return OneAndTheSame;
            return facts.Accept(new Crossing(Founder, CrossingSide.Abroad, facts.NewUnit, Decimals, other, Far: null)).Create(facts.NewUnit, Symbol, Decimals);
        }
    }

    /// <summary>The two sides are joined, for ever: first the side abroad is shown the one at home, and then that one, which it names, is shown the side abroad.</summary>
    /// <param name="Agreement">Of the other side, on the other ledger.</param>
    /// <param name="Proof">Its record there.</param>
    public readonly record struct Join(ulong Agreement, Proof Proof) : IClause<Crossing>
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.All(agreed.Founder);

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts)
        {
            if (agreed.Far is not null) return JoinedAlready;
            if (facts.See(agreed.Other, Proof) is not { } seen || seen.State<Crossing>(Agreement) is not { } there) return NotProven;
            if (there.Side == agreed.Side || there.Other.Ledger != facts.Ledger || there.Decimals != agreed.Decimals) return NotTheOther;
            if (agreed.Side == CrossingSide.Home && there.Far != new FarSide(facts.Self<Crossing>().Number, agreed.Unit.Number)) return NotTheOther;
            var far = new FarSide(Agreement, there.Unit.Number);
            return facts.Accept(agreed with { Far = far }).Emit(new Joined(agreed.Other.Ledger, far));
        }
    }

    /// <summary>The other ledger's validators have changed. Until this is brought, those whom it removed are believed here.</summary>
    /// <param name="Changes">Each certified by the validators before it.</param>
    public readonly record struct Follow(Proof Changes) : IClause<Crossing>, IExit
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.Anyone;

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts) =>
            facts.Follow(agreed.Other, Changes) is not { } other ? NotProven : facts.Accept(agreed with { Other = other }).Emit(new Followed(other));
    }

    /// <summary>Money leaves for somebody on the other ledger. It is held here, or redeemed where it is issued here, until what became of it there is shown.</summary>
    /// <param name="From">Who sends it.</param>
    /// <param name="To">Whom it is for, by their party there.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Deadline">When, by the other ledger's time, it can no longer be received; this ledger's time is never asked.</param>
    public readonly record struct Send(Party From, Party To, Amount Amount, Instant Deadline) : IClause<Crossing>
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.All(From);

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts)
        {
            if (agreed.Far is not { } far) return NotJoined;
            if (Amount.Unit != agreed.Unit || Amount.Minor <= 0) return NotThisMoney;
            var number = new TransferNumber((ulong)facts.Count(Transfers) + 1);
            return agreed.TakeIn(Amount, From, facts.Accept(agreed))
                .Put(Transfers, number, new Transfer(From, To, Amount, Deadline, agreed.Other.Ledger, far.Agreement, TransferStage.UnderWay))
                .Emit(new Sent(number, From, To, Amount, Deadline));
        }
    }

    /// <summary>A transfer arrives, once, and before its deadline by this ledger's time. The proof is enough, whoever brings it.</summary>
    /// <param name="Number">The other side's.</param>
    /// <param name="Proof">The transfer's record there.</param>
    public readonly record struct Receive(TransferNumber Number, Proof Proof) : IClause<Crossing>, IExit
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.Anyone;

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts)
        {
            if (agreed.Far is not { } far) return NotJoined;
            if (facts.Find(Receipts, Number) is not null) return ReceivedAlready;
            if (facts.See(agreed.Other, Proof) is not { } seen || seen.Find(far.Agreement, Transfers, Number) is not { } sent) return NotProven;
            if (sent.Ledger != facts.Ledger || sent.Agreement != facts.Self<Crossing>().Number) return NotForHere;
            if (sent.Amount.Unit.Number != far.Unit) return NotThisMoney;
            if (facts.Now >= sent.Deadline) return TooLate;
            var amount = agreed.Unit.Of(sent.Amount.Minor);
            return agreed.GiveOut(amount, sent.To, facts.Accept(agreed)).Put(Receipts, Number, new Receipt(sent.To, amount, facts.Now)).Emit(new Received(Number, sent.To, amount));
        }
    }

    /// <summary>A transfer that was not received goes back to its sender.</summary>
    /// <param name="Number">This side's.</param>
    /// <param name="Proof">Of one moment of the other ledger: its time, at or after the deadline, and that it has no receipt of that number.</param>
    public readonly record struct TakeBack(TransferNumber Number, Proof Proof) : IClause<Crossing>, IExit
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.Anyone;

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts)
        {
            if (facts.Find(Transfers, Number) is not { Stage: TransferStage.UnderWay } sent) return NoSuchTransfer;
            if (facts.See(agreed.Other, Proof) is not { Now: { } now } seen || !seen.Lacks(sent.Agreement, Receipts, Number)) return NotProven;
            if (now < sent.Deadline) return TooEarly;
            return agreed.GiveOut(sent.Amount, sent.From, facts.Accept(agreed))
                .Put(Transfers, Number, sent with { Stage = TransferStage.TakenBack }).Emit(new TakenBack(Number, sent.From, sent.Amount));
        }
    }

    /// <summary>A transfer that was received is closed here.</summary>
    /// <param name="Number">This side's.</param>
    /// <param name="Proof">Its receipt on the other side.</param>
    public readonly record struct Settle(TransferNumber Number, Proof Proof) : IClause<Crossing>, IExit
    {
        public Signers MustSign(Crossing agreed, Facts facts) => Signers.Anyone;

        public Outcome<Crossing> Decide(Crossing agreed, Facts facts)
        {
            if (facts.Find(Transfers, Number) is not { Stage: TransferStage.UnderWay } sent) return NoSuchTransfer;
            if (facts.See(agreed.Other, Proof)?.Find(sent.Agreement, Receipts, Number) is not { } receipt || receipt.To != sent.To || receipt.Amount.Minor != sent.Amount.Minor) return NotProven;
            return facts.Accept(agreed).Put(Transfers, Number, sent with { Stage = TransferStage.Settled }).Emit(new Settled(Number, receipt.At));
        }
    }

    private Accepted<Crossing> TakeIn(Amount amount, Party from, Accepted<Crossing> accepted) =>
        Side == CrossingSide.Home ? accepted.Hold(amount, from) : accepted.Redeem(amount, from);

    private Accepted<Crossing> GiveOut(Amount amount, Party to, Accepted<Crossing> accepted) =>
        Side == CrossingSide.Home ? accepted.Pay(amount, to) : accepted.Issue(amount, to);

    public readonly record struct Joined(Hash Ledger, FarSide Far) : IEvent;
    public readonly record struct Followed(Elsewhere Other) : IEvent;
    public readonly record struct Sent(TransferNumber Number, Party From, Party To, Amount Amount, Instant Deadline) : IEvent;
    public readonly record struct Received(TransferNumber Number, Party To, Amount Amount) : IEvent;
    public readonly record struct TakenBack(TransferNumber Number, Party From, Amount Amount) : IEvent;
    public readonly record struct Settled(TransferNumber Number, Instant At) : IEvent;

    public static readonly Contract<Crossing> Contents = new Contract<Crossing>(code: 30, version: 1, Codecs.Crossing.State)
        .Opens(1, Codecs.Crossing.BeginHome).Opens(2, Codecs.Crossing.BeginAbroad).Does(3, Codecs.Crossing.Join).Does(4, Codecs.Crossing.Follow).Does(5, Codecs.Crossing.Send)
        .Does(6, Codecs.Crossing.Receive).Does(7, Codecs.Crossing.TakeBack).Does(8, Codecs.Crossing.Settle)
        .Tells(1, Codecs.Crossing.Joined).Tells(2, Codecs.Crossing.Followed).Tells(3, Codecs.Crossing.Sent).Tells(4, Codecs.Crossing.Received)
        .Tells(5, Codecs.Crossing.TakenBack).Tells(6, Codecs.Crossing.Settled)
        .Keeps(Transfers, Codecs.Crossing.TransferNumberKey, Codecs.Crossing.Transfer).Keeps(Receipts, Codecs.Crossing.TransferNumberKey, Codecs.Crossing.Receipt)
        .Refuses(NotProven, NotMoney, NotThisMoney, OneAndTheSame, NotTheOther, JoinedAlready, NotJoined, NotForHere, ReceivedAlready, TooLate, NoSuchTransfer, TooEarly);
}

/// <summary>Whether the unit that crosses is at home here.</summary>
public enum CrossingSide
{
    /// <summary>It was here before; what has left is held.</summary>
    Home = 1,

    /// <summary>It comes from the other ledger; what has arrived was issued here.</summary>
    Abroad = 2,
}

/// <summary>How far a transfer is, as its sender's side knows.</summary>
public enum TransferStage
{
    /// <summary>What became of it has not been shown.</summary>
    UnderWay = 1,

    /// <summary>It was received.</summary>
    Settled = 2,

    /// <summary>It was not received in time, and went back.</summary>
    TakenBack = 3,
}

/// <summary>The other side of a crossing.</summary>
/// <param name="Agreement">Its number on the other ledger.</param>
/// <param name="Unit">Its unit's number there.</param>
public readonly record struct FarSide(ulong Agreement, uint Unit);
