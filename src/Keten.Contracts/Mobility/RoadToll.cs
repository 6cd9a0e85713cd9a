using Keten.Contracts.Metering;
using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// A Driver passes the Operator's gantries, and pays by class and distance what they sign. At the end of each day all that was entered is one payment, under a mandate, in whichever direction it is
/// owed. What the Driver objects to is left out of it until that is decided; the Arbiter has the last word.
/// </summary>
/// <param name="Operator">Whose road it is, and who is paid.</param>
/// <param name="Driver">Who passes, and pays.</param>
/// <param name="Arbiter">Who rules on what the two cannot settle.</param>
/// <param name="Classes">What each class of vehicle pays.</param>
/// <param name="Due">What the Driver owes and the day's payment takes; below nothing, what the Operator owes.</param>
public sealed record RoadToll(Party Operator, Party Driver, Party Arbiter, Many<TollClass> Classes, Amount Due)
{
    /// <summary>A passage is handed in within so many days.</summary>
    public const int DaysToHandIn = 30;

    /// <summary>The Driver can object for so many days after a passage was entered.</summary>
    public const int DaysToObject = 30;

    /// <summary>The Operator has so many days to answer; then the passage is struck.</summary>
    public const int DaysToAnswer = 14;

    /// <summary>The Arbiter has so many days from the answer to rule; then the passage stands.</summary>
    public const int DaysToRule = 30;

    /// <summary>So many objections at once; each has one deadline, the day's payment has one, and an agreement may have 16.</summary>
    public const int ObjectionsAtMost = 15;

    /// <summary>A gantry's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    /// <summary>No vehicle passes one gantry twice within so many seconds.</summary>
    public const int SecondsApart = 60;

    public static readonly Refusal<RoadToll> NotThreeParties = new(1, "Operator, driver and arbiter are three parties.");
    public static readonly Refusal<RoadToll> NotThisMoney = new(2, "The money is not that of the classes, or is nothing.");
    public static readonly Refusal<RoadToll> NotClasses = new(3, "There are from 1 to 32 classes, each with its own number, all in one money.");
    public static readonly Refusal<RoadToll> NotAGantry = new(4, "The passage is not signed by a gantry of the operator's, or is for another agreement.");
    public static readonly Refusal<RoadToll> PassedAlready = new(5, "That passage has been entered already, or the vehicle passed that gantry within a minute of it.");
    public static readonly Refusal<RoadToll> NoSuchClass = new(6, "There is no such class of vehicle.");
    public static readonly Refusal<RoadToll> CannotBeEntered = new(7, "The passage is later than it is, over 30 days back, or over 2,000 km long.");
    public static readonly Refusal<RoadToll> NoSuchPassage = new(8, "There was no such passage, or it did not cost so much.");
    public static readonly Refusal<RoadToll> CannotBeObjected = new(9, "The passage cost nothing, has been objected to before, or was entered over 30 days ago.");
    public static readonly Refusal<RoadToll> TooManyObjections = new(10, "At most 15 objections are open at once.");
    public static readonly Refusal<RoadToll> NotObjected = new(11, "There is no open objection to the passage, or it is past that step.");
    public static readonly Refusal<RoadToll> UnderObjection = new(12, "That has to wait until the objection is decided.");
    public static readonly Refusal<RoadToll> NotOwed = new(13, "So much is not owed.");
    public static readonly Refusal<RoadToll> NotAPayer = new(14, "Only operator and driver give mandates here.");
    public static readonly Refusal<RoadToll> MountedAlready = new(15, "The gantry has been mounted already, or is not mounted.");

    /// <summary>The Operator's gantries.</summary>
    public static readonly Records<Party, Gantry> Gantries = new(1);

    /// <summary>What has been entered, by the commitment to its record.</summary>
    public static readonly Records<Hash, Passage> Passages = new(2);

    /// <summary>When a vehicle passed a gantry last.</summary>
    public static readonly Records<PlaceKey, LastPassed> Last = new(3);

    /// <summary>Objections that are open.</summary>
    public static readonly Records<Hash, Objection> Objections = new(4);

    public readonly record struct Gantry(Instant Since);
    public readonly record struct Passage(Instant At, Instant Entered, Amount Cost, bool Contested);
    public readonly record struct PlaceKey(Party Gantry, Hash Vehicle);
    public readonly record struct LastPassed(Instant At);
    public readonly record struct Objection(Hash Claim, Hash? Proof);

    /// <summary>What a gantry signs of one passage.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Record">Commitment to the picture, and to what else was recorded.</param>
    /// <param name="Vehicle">Commitment to the number plate.</param>
    /// <param name="Class">Of the vehicle.</param>
    /// <param name="Metres">How far it came on the road since the gantry before.</param>
    /// <param name="At">When it passed.</param>
    public readonly record struct Passing(Agreement<RoadToll> For, Hash Record, Hash Vehicle, byte Class, uint Metres, Instant At);

    private TollClass? Class(byte number)
    {
        foreach (var one in Classes)
            if (one.Number == number) return one;
        return null;
    }

    // At the end of the day by UTC; whatever else comes in by then is the same payment.
    private static Accepted<RoadToll> AtEndOfDay(Facts facts, RoadToll next) => facts.Accept(next).Wake(new Net(), at: new Instant((facts.Now.DayNumber + 1) * Instant.Day));

    // Never faults, for the deadlines rest on it.
    private Accepted<RoadToll> Settle(Facts facts, Hash record, Settlement how, bool stands)
    {
        if (facts.Find(Objections, record) is null || facts.Find(Passages, record) is not { } passage) return facts.Accept(this);
        var now = stands ? passage : passage with { Cost = Due.Unit.Of(0) };
        return AtEndOfDay(facts, this with { Due = Due + now.Cost }).Put(Passages, record, now).Remove(Objections, record)
            .Cancel(new NoAnswer(record)).Cancel(new NoRuling(record)).Emit(new Settled(record, how, now.Cost));
    }

    /// <summary>Operator and Driver agree.</summary>
    /// <param name="Operator">Whose road it is.</param>
    /// <param name="Driver">Who passes.</param>
    /// <param name="Arbiter">Who rules on what the two cannot settle.</param>
    /// <param name="Classes">What each class of vehicle pays.</param>
    /// <param name="Gantries">Whose signature counts.</param>
    /// <param name="Tolls">The Driver's mandate for the days' payments.</param>
    /// <param name="Safeguard">The Operator's mandate, for days on which it owes.</param>
    public sealed record Agree(Party Operator, Party Driver, Party Arbiter, Many<TollClass> Classes, Many<Party> Gantries, Mandate Tolls, Mandate Safeguard) : IOpening<RoadToll>
    {
        public Signers MustSign(Facts facts) => Signers.All(Operator, Driver);

        public Outcome<RoadToll> Decide(Facts facts)
        {
            if (Operator == Driver || Operator == Arbiter || Driver == Arbiter) return NotThreeParties;
            if (!TollClass.AreClasses(Classes)) return NotClasses;
            var money = Classes[0].PerPassage.Unit;
            if (Tolls.InAll.Unit != money || Safeguard.InAll.Unit != money) return NotThisMoney;
            var agreed = facts.Accept(new RoadToll(Operator, Driver, Arbiter, Classes, money.Of(0))).Allow(Driver, Tolls).Allow(Operator, Safeguard);
            foreach (var gantry in Gantries) agreed.Put(RoadToll.Gantries, gantry, new Gantry(facts.Now));
            return agreed.Emit(new Agreed(Operator, Driver));
        }
    }

    /// <summary>A passage is entered. Anybody may hand it in: the gantry's own signature is proof enough.</summary>
    /// <param name="Passing">Signed by a gantry.</param>
    public readonly record struct Pass(Signed<Passing> Passing) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.Anyone;

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts)
        {
            var (gantry, passing) = Passing;
            if (passing.For != facts.Self<RoadToll>() || facts.Find(Gantries, gantry) is null) return NotAGantry;
            if (agreed.Class(passing.Class) is not { } tolled) return NoSuchClass;
            if (passing.At > facts.Now.Plus(SecondsAhead) || passing.At < facts.Now.PlusDays(-DaysToHandIn) || passing.Metres > TollClass.MetresAtMost) return CannotBeEntered;
            var place = new PlaceKey(gantry, passing.Vehicle);
            var last = facts.Find(Last, place)?.At;
            if (facts.Find(Passages, passing.Record) is not null || IsWithin(last, passing.At)) return PassedAlready;
            var cost = tolled.For(passing.Metres);
            return AtEndOfDay(facts, agreed with { Due = agreed.Due + cost }).Put(Passages, passing.Record, new Passage(passing.At, facts.Now, cost, false))
                .Put(Last, place, new LastPassed(last > passing.At ? last.Value : passing.At)).Emit(new Passed(passing.Record, gantry, passing.Class, passing.Metres, passing.At, cost));
        }

        private static bool IsWithin(Instant? last, Instant at) => last is { } before && Math.Abs(at - before) < SecondsApart;
    }

    /// <summary>The day is over: what is due is one payment, as far as mandate and account go. What is left is due on.</summary>
    public readonly record struct Net : IDue<RoadToll>, IExit
    {
        public Accepted<RoadToll> Decide(RoadToll agreed, Facts facts)
        {
            if (agreed.Due.IsZero) return facts.Accept(agreed);
            var nothing = agreed.Due.Unit.Of(0);
            var byDriver = facts.UnderMandate(agreed.Due.OrAtLeast(nothing), agreed.Driver);
            var byOperator = facts.UnderMandate((nothing - agreed.Due).OrAtLeast(nothing), agreed.Operator);
            var left = agreed.Due - byDriver + byOperator;
            return facts.Accept(left == agreed.Due ? agreed : agreed with { Due = left })
                .Move(byDriver, from: agreed.Driver, to: agreed.Operator).Move(byOperator, from: agreed.Operator, to: agreed.Driver).Emit(new Netted(byDriver, byOperator, left));
        }
    }

    /// <summary>Whoever owes pays what is due, or part of it, without waiting for the day's end.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<RoadToll>, IExit
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Due.Minor < 0 ? agreed.Operator : agreed.Driver);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Due.Unit || Amount.Minor <= 0) return NotThisMoney;
            var byOperator = agreed.Due.Minor < 0;
            if (Amount.Minor > Math.Abs(agreed.Due.Minor)) return NotOwed;
            return byOperator
                ? facts.Accept(agreed with { Due = agreed.Due + Amount }).Move(Amount, from: agreed.Operator, to: agreed.Driver).Emit(new PaidUp(agreed.Operator, Amount))
                : facts.Accept(agreed with { Due = agreed.Due - Amount }).Move(Amount, from: agreed.Driver, to: agreed.Operator).Emit(new PaidUp(agreed.Driver, Amount));
        }
    }

    /// <summary>The Driver objects to a passage: until that is decided it is not owed, and what was paid of it comes back with the day's payment.</summary>
    /// <param name="Record">Of the passage.</param>
    /// <param name="Claim">Commitment to what the Driver says.</param>
    public readonly record struct Contest(Hash Record, Hash Claim) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts)
        {
            if (facts.Find(Passages, Record) is not { } passage) return NoSuchPassage;
            if (passage.Contested || passage.Cost.IsZero || facts.Now > passage.Entered.PlusDays(DaysToObject)) return CannotBeObjected;
            if (facts.Count(Objections) >= ObjectionsAtMost) return TooManyObjections;
            return AtEndOfDay(facts, agreed with { Due = agreed.Due - passage.Cost }).Put(Passages, Record, passage with { Contested = true })
                .Put(Objections, Record, new Objection(Claim, null)).Wake(new NoAnswer(Record), at: facts.Now.PlusDays(DaysToAnswer)).Emit(new Contested(Record, passage.Cost, Claim));
        }
    }

    /// <summary>The Operator answers an objection, which then waits for the Arbiter.</summary>
    /// <param name="Record">Of the passage.</param>
    /// <param name="Proof">Commitment to what the Operator shows.</param>
    public readonly record struct Answer(Hash Record, Hash Proof) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Objections, Record) is not { Proof: null } objection ? NotObjected
            : facts.Accept(agreed).Put(Objections, Record, objection with { Proof = Proof }).Cancel(new NoAnswer(Record))
                .Wake(new NoRuling(Record), at: facts.Now.PlusDays(DaysToRule)).Emit(new Answered(Record, Proof));
    }

    /// <summary>The Operator gives in: the passage costs nothing.</summary>
    /// <param name="Record">Of the passage.</param>
    public readonly record struct Concede(Hash Record) : IClause<RoadToll>, IExit
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Objections, Record) is null ? NotObjected : agreed.Settle(facts, Record, Settlement.Conceded, stands: false);
    }

    /// <summary>The Driver gives up: the passage is owed again.</summary>
    /// <param name="Record">Of the passage.</param>
    public readonly record struct Drop(Hash Record) : IClause<RoadToll>, IExit
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Objections, Record) is null ? NotObjected : agreed.Settle(facts, Record, Settlement.Dropped, stands: true);
    }

    /// <summary>The Arbiter rules on an objection that has been answered.</summary>
    /// <param name="Record">Of the passage.</param>
    /// <param name="Stands">Whether the passage is owed.</param>
    public readonly record struct Rule(Hash Record, bool Stands) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Objections, Record) is not { Proof: not null } ? NotObjected : agreed.Settle(facts, Record, Settlement.Ruled, Stands);
    }

    /// <summary>The Operator has not answered in time: the passage is struck.</summary>
    public readonly record struct NoAnswer(Hash Record) : IDue<RoadToll>, IExit
    {
        public Accepted<RoadToll> Decide(RoadToll agreed, Facts facts) => agreed.Settle(facts, Record, Settlement.Unanswered, stands: false);
    }

    /// <summary>The Arbiter has not ruled in time: the passage stands.</summary>
    public readonly record struct NoRuling(Hash Record) : IDue<RoadToll>, IExit
    {
        public Accepted<RoadToll> Decide(RoadToll agreed, Facts facts) => agreed.Settle(facts, Record, Settlement.Unruled, stands: true);
    }

    /// <summary>The Operator gives back what a passage should not have cost: a wrong class, a wrong distance.</summary>
    /// <param name="Record">Of the passage.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to the credit note.</param>
    public readonly record struct GiveBack(Hash Record, Amount Amount, Hash Reason) : ICorrection<RoadToll>, IExit
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Due.Unit || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Passages, Record) is not { } passage || Amount > passage.Cost) return NoSuchPassage;
            if (facts.Find(Objections, Record) is not null) return UnderObjection;
            return facts.Accept(agreed).Move(Amount, from: agreed.Operator, to: agreed.Driver).Put(Passages, Record, passage with { Cost = passage.Cost - Amount })
                .Emit(new GivenBack(Record, Amount, Reason));
        }
    }

    /// <summary>The Operator mounts a gantry, whose signature counts from now on.</summary>
    public readonly record struct Mount(Party Gantry) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Gantries, Gantry) is not null ? MountedAlready : facts.Accept(agreed).Put(Gantries, Gantry, new Gantry(facts.Now)).Emit(new Mounted(Gantry));
    }

    /// <summary>The Operator takes a gantry down: what it signs counts no more.</summary>
    public readonly record struct Dismount(Party Gantry) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Find(Gantries, Gantry) is null ? MountedAlready : facts.Accept(agreed).Remove(Gantries, Gantry).Emit(new Dismounted(Gantry));
    }

    /// <summary>Both agree on other prices, for the passages that are entered from now on.</summary>
    /// <param name="Classes">All of them.</param>
    public sealed record Revise(Many<TollClass> Classes) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(agreed.Operator, agreed.Driver);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            !TollClass.AreClasses(Classes) ? NotClasses
            : Classes[0].PerPassage.Unit != agreed.Due.Unit ? NotThisMoney
            : facts.Accept(agreed with { Classes = Classes }).Emit(new Revised(Classes));
    }

    /// <summary>The Driver, or the Operator, replaces its mandate by a new one.</summary>
    /// <param name="Payer">Whose it is.</param>
    /// <param name="Mandate">What takes the place of the one before.</param>
    public readonly record struct Renew(Party Payer, Mandate Mandate) : IClause<RoadToll>
    {
        public Signers MustSign(RoadToll agreed, Facts facts) => Signers.All(Payer);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            Payer != agreed.Driver && Payer != agreed.Operator ? NotAPayer
            : Mandate.InAll.Unit != agreed.Due.Unit ? NotThisMoney
            : facts.Accept(agreed).Allow(Payer, Mandate).Emit(new Renewed(Payer, Mandate));
    }

    /// <summary>Either ends it while nothing is due and nothing is objected to. While something is due, whoever it is due to, who then forgoes it.</summary>
    public readonly record struct End : IClause<RoadToll>, IExit
    {
        public Signers MustSign(RoadToll agreed, Facts facts) =>
            agreed.Due.IsZero ? Signers.Any(agreed.Operator, agreed.Driver) : Signers.All(agreed.Due.Minor < 0 ? agreed.Driver : agreed.Operator);

        public Outcome<RoadToll> Decide(RoadToll agreed, Facts facts) =>
            facts.Count(Objections) > 0 ? UnderObjection : facts.Accept(agreed with { Due = agreed.Due - agreed.Due }).Emit(new Ended(agreed.Due)).End();
    }

    public readonly record struct Agreed(Party Operator, Party Driver) : IEvent;
    public readonly record struct Passed(Hash Record, Party Gantry, byte Class, uint Metres, Instant At, Amount Cost) : IEvent;
    public readonly record struct Netted(Amount ByDriver, Amount ByOperator, Amount Left) : IEvent;
    public readonly record struct PaidUp(Party By, Amount Amount) : IEvent;
    public readonly record struct Contested(Hash Record, Amount Cost, Hash Claim) : IEvent;
    public readonly record struct Answered(Hash Record, Hash Proof) : IEvent;
    public readonly record struct Settled(Hash Record, Settlement How, Amount Cost) : IEvent;
    public readonly record struct GivenBack(Hash Record, Amount Amount, Hash Reason) : IEvent;
    public readonly record struct Mounted(Party Gantry) : IEvent;
    public readonly record struct Dismounted(Party Gantry) : IEvent;
    public readonly record struct Revised(Many<TollClass> Classes) : IEvent;
    public readonly record struct Renewed(Party Payer, Mandate Mandate) : IEvent;
    public readonly record struct Ended(Amount Forgone) : IEvent;

    public static readonly Contract<RoadToll> Contents = new Contract<RoadToll>(code: 15, version: 1, Codecs.RoadToll.State)
        .Opens(1, Codecs.RoadToll.Agree).Does(2, Codecs.RoadToll.Pass).FallsDue(3, Codecs.RoadToll.Net).Does(4, Codecs.RoadToll.Pay).Does(5, Codecs.RoadToll.Contest)
        .Does(6, Codecs.RoadToll.Answer).Does(7, Codecs.RoadToll.Concede).Does(8, Codecs.RoadToll.Drop).Does(9, Codecs.RoadToll.Rule).FallsDue(10, Codecs.RoadToll.NoAnswer)
        .FallsDue(11, Codecs.RoadToll.NoRuling).Corrects(12, Codecs.RoadToll.GiveBack).Does(13, Codecs.RoadToll.Mount).Does(14, Codecs.RoadToll.Dismount)
        .Does(15, Codecs.RoadToll.Revise).Does(16, Codecs.RoadToll.Renew).Does(17, Codecs.RoadToll.End)
        .Tells(1, Codecs.RoadToll.Agreed).Tells(2, Codecs.RoadToll.Passed).Tells(3, Codecs.RoadToll.Netted).Tells(4, Codecs.RoadToll.PaidUp).Tells(5, Codecs.RoadToll.Contested)
        .Tells(6, Codecs.RoadToll.Answered).Tells(7, Codecs.RoadToll.Settled).Tells(8, Codecs.RoadToll.GivenBack).Tells(9, Codecs.RoadToll.Mounted)
        .Tells(10, Codecs.RoadToll.Dismounted).Tells(11, Codecs.RoadToll.Revised).Tells(12, Codecs.RoadToll.Renewed).Tells(13, Codecs.RoadToll.Ended)
        .Keeps(Gantries, Codecs.RoadToll.Gantry).Keeps(Passages, Codecs.RoadToll.Passage).Keeps(Last, Codecs.RoadToll.PlaceKey, Codecs.RoadToll.LastPassed)
        .Keeps(Objections, Codecs.RoadToll.Objection)
        .Refuses(NotThreeParties, NotThisMoney, NotClasses, NotAGantry, PassedAlready, NoSuchClass, CannotBeEntered, NoSuchPassage, CannotBeObjected, TooManyObjections)
        .Refuses(NotObjected, UnderObjection, NotOwed, NotAPayer, MountedAlready);
}
