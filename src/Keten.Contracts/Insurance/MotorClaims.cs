using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>
/// The claims under a policy. A signed crash record opens one by itself where there was cover: a payout is proposed and held, and granted unless the Assessor vetoes it in time. Garages are paid
/// against repairs that they have signed, or the Holder takes money. What is suspicious waits for a human's word. What the two cannot settle the Arbiter rules.
/// </summary>
/// <param name="Policy">Whose claims.</param>
/// <param name="Insurer">Who pays.</param>
/// <param name="Holder">Who is insured.</param>
/// <param name="Assessor">Who looks at claims for the Insurer.</param>
/// <param name="Arbiter">Who rules on what the Holder contests.</param>
/// <param name="Terms">How claims are handled.</param>
/// <param name="Money">In which all is paid.</param>
/// <param name="Count">How many claims there have been.</param>
/// <param name="Open">How many are not closed.</param>
public sealed record MotorClaims(
    Agreement<MotorPolicy> Policy, Party Insurer, Party Holder, Party Assessor, Party Arbiter, ClaimTerms Terms, Unit Money, uint Count, uint Open) : IReadBy
{
    /// <summary>So many claims at once; each has one deadline, and an agreement may have 16.</summary>
    public const int OpenAtMost = 15;

    /// <summary>A clock elsewhere may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    public static readonly Refusal<MotorClaims> NotFourParties = new(1, "Insurer, holder and arbiter are three parties, and the assessor is neither holder nor arbiter.");
    public static readonly Refusal<MotorClaims> NotTheseTerms = new(2, "Damages rise with severity, times are of an hour or a day at least, the share in money is no more than the whole, each suspicion is watched once.");
    public static readonly Refusal<MotorClaims> NotThisMoney = new(3, "The amount or mandate is of another unit, or of nothing.");
    public static readonly Refusal<MotorClaims> NotAWitness = new(4, "The crash record is not signed by the vehicle's box or an accredited reporter, or is for another agreement.");
    public static readonly Refusal<MotorClaims> NotAGarage = new(5, "The paper is not signed by an accredited garage, or is for another agreement.");
    public static readonly Refusal<MotorClaims> SeenAlready = new(6, "That paper has been handed in already.");
    public static readonly Refusal<MotorClaims> AheadOfTime = new(7, "The crash record is of a later time than it is.");
    public static readonly Refusal<MotorClaims> NotCovered = new(8, "No cover was in force at that moment.");
    public static readonly Refusal<MotorClaims> NotACrash = new(9, "The record shows less than the least of the severities that damage is expected from.");
    public static readonly Refusal<MotorClaims> TooManyClaims = new(10, "At most 15 claims are open at once.");
    public static readonly Refusal<MotorClaims> NoSuchClaim = new(11, "There is no such claim.");
    public static readonly Refusal<MotorClaims> NotNow = new(12, "The claim is past that step, or not there yet, or has been contested before.");
    public static readonly Refusal<MotorClaims> TooMuch = new(13, "That is more than is covered, was granted, was paid or is asked for.");
    public static readonly Refusal<MotorClaims> NothingLeft = new(14, "Nothing is left to be paid, or nothing can be paid now.");
    public static readonly Refusal<MotorClaims> StillOpen = new(15, "Something has still to be paid or settled.");
    public static readonly Refusal<MotorClaims> NotTheCauser = new(16, "Whoever caused it is another party of this ledger than insurer and holder.");

    /// <summary>The claims, by number from 1.</summary>
    public static readonly Records<CaseNumber, ClaimCase> Cases = new(1);

    /// <summary>Who is paid under a claim.</summary>
    public static readonly Records<PayoutNumber, Payout> Payouts = new(2);

    /// <summary>What has been handed in, by its commitment: crash records, estimates, invoices. Each serves once.</summary>
    public static readonly Records<Hash, Seen> Papers = new(3);

    /// <summary>What is asked of those who caused the damage.</summary>
    public static readonly Records<CaseNumber, Recourse> Recourses = new(4);

    public readonly record struct CaseNumber(uint Number);
    public readonly record struct PayoutNumber(uint Claim, uint Number);
    public readonly record struct Seen(uint Claim);

    /// <summary>What is asked of who caused the damage.</summary>
    /// <param name="Against">Who.</param>
    /// <param name="Asked">What of it is still to be paid.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Recourse(Party Against, Amount Asked, Hash Reason);

    /// <summary>What a box or an accredited reporter signs of a crash.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Event">Commitment to the record.</param>
    /// <param name="At">When.</param>
    /// <param name="Metres">What the odometer showed.</param>
    /// <param name="Severity">The change of speed, in km/h.</param>
    public readonly record struct Crash(Agreement<MotorClaims> For, Hash Event, Instant At, uint Metres, ushort Severity);

    /// <summary>What a garage signs that has looked at the damage.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Damage">What the repairs will cost.</param>
    /// <param name="Document">Commitment to the estimate.</param>
    public readonly record struct Estimate(Agreement<MotorClaims> For, uint Claim, Amount Damage, Hash Document);

    /// <summary>What a garage signs that has repaired.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Cost">What it came to.</param>
    /// <param name="Document">Commitment to the invoice, with the parts.</param>
    /// <param name="Entry">Where it stands in the vehicle's book.</param>
    public readonly record struct Repair(Agreement<MotorClaims> For, uint Claim, Amount Cost, Hash Document, uint Entry);

    /// <summary>Those who handle claims. A garage, and who caused the damage, are handed receipts.</summary>
    public Readers MayRead(Facts facts) => Readers.Of(Insurer, Holder, Assessor, Arbiter);

    /// <summary>Insurer and Holder agree how claims are handled.</summary>
    /// <param name="Policy">Under which policy.</param>
    /// <param name="Assessor">Who looks at claims for the Insurer. May be the Insurer, who then states under each signature how much may be held.</param>
    /// <param name="Arbiter">Who rules on what the Holder contests.</param>
    /// <param name="Terms">How claims are handled.</param>
    /// <param name="Reserve">The Insurer's mandate, by which payouts are held and paid.</param>
    public sealed record Agree(Agreement<MotorPolicy> Policy, Party Assessor, Party Arbiter, ClaimTerms Terms, Mandate Reserve) : IOpening<MotorClaims>
    {
        public Signers MustSign(Facts facts) => Signers.All(facts.Of(Policy).State.Insurer, facts.Of(Policy).State.Holder);

        public Outcome<MotorClaims> Decide(Facts facts)
        {
            var policy = facts.Of(Policy).State;
            var money = policy.Account.Billed.Unit;
            if (Arbiter == policy.Insurer || Arbiter == policy.Holder || Assessor == policy.Holder || Assessor == Arbiter) return NotFourParties;
            if (!Terms.AreWhole(money)) return NotTheseTerms;
            if (Reserve.InAll.Unit != money) return NotThisMoney;
            return facts.Accept(new MotorClaims(Policy, policy.Insurer, policy.Holder, Assessor, Arbiter, Terms, money, 0, 0)).Allow(policy.Insurer, Reserve)
                .Emit(new Agreed(Policy, Assessor, Arbiter));
        }
    }

    /// <summary>A crash record opens a claim, where there was cover. Anybody may hand it in: its signature is proof enough.</summary>
    /// <param name="Record">Signed by the vehicle's box, or by a reporter whom the register's authority has accredited.</param>
    public readonly record struct Report(Signed<Crash> Record) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            var (by, (agreement, record, at, metres, severity)) = Record;
            var policy = facts.Of(agreed.Policy).State;
            if (agreement != facts.Self<MotorClaims>() || (by != policy.Box && !agreed.May(facts, by).Reporter)) return NotAWitness;
            if (facts.Find(Papers, record) is not null) return SeenAlready;
            if (at > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            if (MotorPolicy.CoverAt(facts, agreed.Policy, at) is not { } cover) return NotCovered;
            if (agreed.Terms.DamageAfter(severity) is not { } damage) return NotACrash;
            if (agreed.Open >= OpenAtMost) return TooManyClaims;

            var (number, none) = (agreed.Count + 1, agreed.Money.Of(0));
            var suspicions = Suspicions.Of(facts, agreed, policy, at, metres);
            var stage = suspicions.Count > 0 ? ClaimStage.Flagged : ClaimStage.Proposed;
            var claim = new ClaimCase(record, at, metres, stage, cover.Terms, damage, none, none, none, none, none, none, suspicions, false, 0);
            var opened = (agreed with { Count = number, Open = agreed.Open + 1 }).Keep(facts, number, claim).Put(Papers, record, new Seen(number)).Emit(new Opened(number, record, at, damage, claim.Worth));
            foreach (var kind in suspicions) opened.Emit(new Flagged(number, kind));
            return opened;
        }
    }

    /// <summary>A garage has looked at the damage: what it estimates takes the place of what was expected. What was granted already is not made less by it.</summary>
    /// <param name="Paper">Signed by an accredited garage.</param>
    public readonly record struct Reckon(Signed<Estimate> Paper) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            var (by, (agreement, number, damage, document)) = Paper;
            if (agreement != facts.Self<MotorClaims>() || !agreed.May(facts, by).Garage) return NotAGarage;
            if (damage.Unit != agreed.Money || damage.Minor <= 0) return NotThisMoney;
            if (damage.Minor > PremiumTerms.PriceAtMost) return TooMuch;
            if (Find(facts, number) is not { } claim) return NoSuchClaim;
            if (facts.Find(Papers, document) is not null) return SeenAlready;
            var isMore = claim.Stage == ClaimStage.Granted && claim.Cover.Of(damage) > claim.Granted;
            if (claim.Stage is not (ClaimStage.Proposed or ClaimStage.Flagged) && !isMore) return NotNow;
            var now = claim with { Damage = damage, Stage = isMore ? ClaimStage.Proposed : claim.Stage };
            return agreed.Keep(facts, number, now).Put(Papers, document, new Seen(number)).Emit(new Estimated(number, by, damage, now.Worth));
        }
    }

    /// <summary>A time is over: what nobody vetoed is granted, what was vetoed and not contested or ruled on stays as it was granted before, and what was granted is closed.</summary>
    /// <param name="Claim">Which claim.</param>
    public readonly record struct Pass(uint Claim) : IDue<MotorClaims>, IExit
    {
        public Accepted<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim) return facts.Accept(agreed);
            return claim.Stage switch
            {
                ClaimStage.Proposed => agreed.Grant(facts, Claim, claim, claim.Worth),
                ClaimStage.Vetoed or ClaimStage.Contested when !claim.Granted.IsZero => agreed.Grant(facts, Claim, claim, claim.Granted),
                _ when !claim.Unpaid.IsZero => agreed.Keep(facts, Claim, claim),
                _ => agreed.Shut(facts, Claim, claim),
            };
        }
    }

    /// <summary>The Assessor vetoes what is proposed, and what was granted before stays; or what was flagged, and nothing more is paid.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Veto(uint Claim, Hash Reason) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Assessor);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) =>
            Find(facts, Claim) is not { } claim ? NoSuchClaim
            : claim.Stage is not (ClaimStage.Proposed or ClaimStage.Flagged) ? NotNow
            : agreed.Keep(facts, Claim, claim with { Stage = ClaimStage.Vetoed, Granted = claim.Stage == ClaimStage.Flagged ? claim.Allotted : claim.Granted }).Emit(new Vetoed(Claim, Reason));
    }

    /// <summary>The Assessor has looked, and says what the damage is: that much is granted at once. It is the human's word that a flagged claim waits for.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Damage">What repairs will cost.</param>
    /// <param name="Report">Commitment to what the Assessor saw.</param>
    public readonly record struct Assess(uint Claim, Amount Damage, Hash Report) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Assessor);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim) return NoSuchClaim;
            if (claim.Stage is not (ClaimStage.Proposed or ClaimStage.Flagged or ClaimStage.Vetoed)) return NotNow;
            if (Damage.Unit != agreed.Money || Damage.Minor <= 0) return NotThisMoney;
            if (Damage.Minor > PremiumTerms.PriceAtMost) return TooMuch;
            return agreed.Grant(facts, Claim, claim with { Damage = Damage }, claim.Cover.Of(Damage)).Emit(new Assessed(Claim, Damage, Report));
        }
    }

    /// <summary>The Holder contests a veto, a flag or too small a grant, once; the claim waits for the Arbiter.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Reply">Commitment to what the Holder says.</param>
    public readonly record struct Contest(uint Claim, Hash Reply) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) =>
            Find(facts, Claim) is not { } claim ? NoSuchClaim
            : claim.WasContested || claim.Stage is not (ClaimStage.Flagged or ClaimStage.Vetoed or ClaimStage.Granted) ? NotNow
            : agreed.Keep(facts, Claim, claim with { Stage = ClaimStage.Contested, WasContested = true }).Emit(new Contested(Claim, Reply));
    }

    /// <summary>The Arbiter rules what is paid in all; what somebody has been given already stays.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Amount">From nothing to the limit of the cover.</param>
    public readonly record struct Rule(uint Claim, Amount Amount) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim) return NoSuchClaim;
            if (claim.Stage != ClaimStage.Contested) return NotNow;
            if (Amount.Unit != agreed.Money || Amount.Minor < 0) return NotThisMoney;
            return Amount > claim.Cover.Limit ? TooMuch : agreed.Grant(facts, Claim, claim, Amount).Emit(new Ruled(Claim, Amount));
        }
    }

    /// <summary>
    /// A garage has repaired: it is paid what all repairs so far come to beyond the deductible, up to what was granted. Where the book of the vehicle is watched and does not show the repair,
    /// nothing is paid, and the claim waits for a human's word.
    /// </summary>
    /// <param name="Paper">Signed by an accredited garage.</param>
    public readonly record struct Invoice(Signed<Repair> Paper) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            var (by, (agreement, number, cost, document, entry)) = Paper;
            if (agreement != facts.Self<MotorClaims>() || !agreed.May(facts, by).Garage) return NotAGarage;
            if (cost.Unit != agreed.Money || cost.Minor <= 0) return NotThisMoney;
            if (cost.Minor > PremiumTerms.PriceAtMost) return TooMuch;
            if (Find(facts, number) is not { } claim) return NoSuchClaim;
            if (claim.Stage != ClaimStage.Granted) return NotNow;
            if (facts.Find(Papers, document) is not null) return SeenAlready;
            var payout = new Payout(by, document, cost, agreed.Money.Of(0), agreed.Money.Of(0), Waits: false);
            var isSuspicious = agreed.Terms.LimitOf(Suspicion.NotInTheBook) is not null
                && !Suspicions.IsInTheBook(facts, facts.Of(agreed.Policy).State, by, claim.At, entry, document);
            if (!isSuspicious) return agreed.GiveRepair(facts, number, claim, payout, claim.Payouts + 1).Put(Papers, document, new Seen(number));
            var flagged = claim.Suspected(Suspicion.NotInTheBook) with { Stage = ClaimStage.Flagged, Payouts = claim.Payouts + 1 };
            return agreed.Keep(facts, number, flagged).Put(Papers, document, new Seen(number)).Put(Payouts, new PayoutNumber(number, flagged.Payouts), payout with { Waits = true })
                .Emit(new Flagged(number, Suspicion.NotInTheBook));
        }
    }

    /// <summary>A human has looked at a repair that waited: it was done, and is paid. What else was granted goes on.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Payout">Its number.</param>
    /// <param name="Report">Commitment to what was seen.</param>
    public readonly record struct Admit(uint Claim, uint Payout, Hash Report) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.Any(agreed.Assessor, agreed.Arbiter);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim || facts.Find(Payouts, new PayoutNumber(Claim, Payout)) is not { } payout) return NoSuchClaim;
            if (!payout.Waits || claim.Stage is not (ClaimStage.Flagged or ClaimStage.Granted)) return NotNow;
            return agreed.GiveRepair(facts, Claim, claim with { Stage = ClaimStage.Granted }, payout with { Waits = false }, Payout).Emit(new Admitted(Claim, Payout, Report));
        }
    }

    /// <summary>What somebody was given and could not be paid then is paid now, as far as the Insurer's mandate and account go. Anybody may ask.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Payout">Its number.</param>
    public readonly record struct PayRest(uint Claim, uint Payout) : IClause<MotorClaims>, IExit
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim || facts.Find(Payouts, new PayoutNumber(Claim, Payout)) is not { } payout) return NoSuchClaim;
            if (claim.Stage != ClaimStage.Granted) return NotNow;
            var paid = agreed.Payable(facts, claim, payout.Due - payout.Paid);
            return paid.IsZero ? NothingLeft : agreed.PayOut(facts, Claim, claim, payout, Payout, paid).Emit(new PaidOut(Claim, Payout, payout.To, paid));
        }
    }

    /// <summary>The Holder takes money in place of the repairs that are left: the agreed share of what was granted and nobody has been given.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Document">Commitment to what the Holder says to it.</param>
    public readonly record struct TakeMoney(uint Claim, Hash Document) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim) return NoSuchClaim;
            if (claim.Stage != ClaimStage.Granted) return NotNow;
            var due = agreed.Terms.InMoney.Of(claim.Granted - claim.Allotted, Rounding.Down);
            return due.IsZero ? NothingLeft
                : agreed.Give(facts, Claim, claim with { Granted = claim.Allotted + due }, new Payout(agreed.Holder, Document, due, due, agreed.Money.Of(0), Waits: false), claim.Payouts + 1);
        }
    }

    /// <summary>The Holder wants no more of a claim: what is held for it goes back to the Insurer.</summary>
    /// <param name="Claim">Which claim.</param>
    public readonly record struct Close(uint Claim) : IClause<MotorClaims>, IExit
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Holder);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) =>
            Find(facts, Claim) is not { } claim ? NoSuchClaim
            : claim.Stage == ClaimStage.Closed ? NotNow
            : !claim.Unpaid.IsZero ? StillOpen : agreed.Shut(facts, Claim, claim);
    }

    /// <summary>The Insurer asks whoever caused the damage for what it has paid. It takes the place of what was asked before.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Against">Who caused it, or their insurer.</param>
    /// <param name="Amount">No more than was paid and has not been paid back.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Seek(uint Claim, Party Against, Amount Amount, Hash Reason) : ICorrection<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) =>
            Find(facts, Claim) is not { } claim ? NoSuchClaim
            : Against == agreed.Insurer || Against == agreed.Holder || !facts.Knows(Against) ? NotTheCauser
            : Amount.Unit != agreed.Money || Amount.Minor <= 0 ? NotThisMoney
            : Amount > claim.Paid.Less(claim.Recovered) ? TooMuch
            : facts.Accept(agreed).Put(Recourses, new CaseNumber(Claim), new Recourse(Against, Amount, Reason)).Emit(new Sought(Claim, Against, Amount, Reason));
    }

    /// <summary>Whoever caused the damage pays what the Insurer asks, or a part of it.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Amount">How much.</param>
    public readonly record struct Repay(uint Claim, Amount Amount) : ICorrection<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => facts.Find(Recourses, new CaseNumber(Claim)) is { } recourse ? Signers.All(recourse.Against) : Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim || facts.Find(Recourses, new CaseNumber(Claim)) is not { } recourse) return NoSuchClaim;
            if (Amount.Unit != agreed.Money || Amount.Minor <= 0) return NotThisMoney;
            if (Amount > recourse.Asked) return TooMuch;
            return facts.Accept(agreed).Move(Amount, from: recourse.Against, to: agreed.Insurer).Put(Cases, new CaseNumber(Claim), claim with { Recovered = claim.Recovered + Amount })
                .Put(Recourses, new CaseNumber(Claim), recourse with { Asked = recourse.Asked - Amount }).Emit(new Recovered(Claim, recourse.Against, Amount));
        }
    }

    /// <summary>Whoever was paid too much gives it back to the Insurer, also when all is over.</summary>
    /// <param name="Claim">Which claim.</param>
    /// <param name="Payout">Its number.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(uint Claim, uint Payout, Amount Amount, Hash Reason) : ICorrection<MotorClaims>, IExit
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => facts.Find(Payouts, new PayoutNumber(Claim, Payout)) is { } payout ? Signers.All(payout.To) : Signers.Anyone;

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts)
        {
            if (Find(facts, Claim) is not { } claim || facts.Find(Payouts, new PayoutNumber(Claim, Payout)) is not { } payout) return NoSuchClaim;
            if (Amount.Unit != agreed.Money || Amount.Minor <= 0) return NotThisMoney;
            if (Amount > payout.Paid) return TooMuch;
            var less = claim with { Granted = claim.Granted - Amount, Allotted = claim.Allotted - Amount, Paid = claim.Paid - Amount };
            return facts.Accept(agreed).Move(Amount, from: payout.To, to: agreed.Insurer).Put(Cases, new CaseNumber(Claim), less)
                .Put(Payouts, new PayoutNumber(Claim, Payout), payout with { Due = payout.Due - Amount, Paid = payout.Paid - Amount }).Emit(new GivenBack(Claim, Payout, Amount, Reason));
        }
    }

    /// <summary>The Insurer replaces the mandate by a new one.</summary>
    /// <param name="Reserve">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Reserve) : IClause<MotorClaims>
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) =>
            Reserve.InAll.Unit != agreed.Money ? NotThisMoney : facts.Accept(agreed).Allow(agreed.Insurer, Reserve).Emit(new MandateRenewed(Reserve));
    }

    /// <summary>Both end it while no claim is open. It outlives the policy until then: what happened under cover can be reported later.</summary>
    public readonly record struct End : IClause<MotorClaims>, IExit
    {
        public Signers MustSign(MotorClaims agreed, Facts facts) => Signers.All(agreed.Insurer, agreed.Holder);

        public Outcome<MotorClaims> Decide(MotorClaims agreed, Facts facts) => agreed.Open > 0 ? StillOpen : facts.Accept(agreed).Emit(new Ended(agreed.Count)).End();
    }

    public readonly record struct Agreed(Agreement<MotorPolicy> Policy, Party Assessor, Party Arbiter) : IEvent;
    public readonly record struct Opened(uint Claim, Hash Event, Instant At, Amount Damage, Amount Proposed) : IEvent;
    public readonly record struct Flagged(uint Claim, Suspicion Because) : IEvent;
    public readonly record struct Estimated(uint Claim, Party By, Amount Damage, Amount Proposed) : IEvent;
    public readonly record struct Granted(uint Claim, Amount Amount) : IEvent;
    public readonly record struct Vetoed(uint Claim, Hash Reason) : IEvent;
    public readonly record struct Assessed(uint Claim, Amount Damage, Hash Report) : IEvent;
    public readonly record struct Contested(uint Claim, Hash Reply) : IEvent;
    public readonly record struct Ruled(uint Claim, Amount Amount) : IEvent;
    public readonly record struct Given(uint Claim, uint Payout, Party To, Amount Cost, Amount Due, Amount Paid) : IEvent;
    public readonly record struct Admitted(uint Claim, uint Payout, Hash Report) : IEvent;
    public readonly record struct PaidOut(uint Claim, uint Payout, Party To, Amount Paid) : IEvent;
    public readonly record struct Closed(uint Claim, Amount Paid, Amount Released) : IEvent;
    public readonly record struct Sought(uint Claim, Party Against, Amount Amount, Hash Reason) : IEvent;
    public readonly record struct Recovered(uint Claim, Party From, Amount Amount) : IEvent;
    public readonly record struct GivenBack(uint Claim, uint Payout, Amount Amount, Hash Reason) : IEvent;
    public readonly record struct MandateRenewed(Mandate Reserve) : IEvent;
    public readonly record struct Ended(uint Claims) : IEvent;

    public static readonly Contract<MotorClaims> Contents = new Contract<MotorClaims>(code: 52, version: 1, Codecs.MotorClaims.State)
        .Opens(1, Codecs.MotorClaims.Agree).Does(2, Codecs.MotorClaims.Report).Does(3, Codecs.MotorClaims.Reckon).FallsDue(4, Codecs.MotorClaims.Pass).Does(5, Codecs.MotorClaims.Veto)
        .Does(6, Codecs.MotorClaims.Assess).Does(7, Codecs.MotorClaims.Contest).Does(8, Codecs.MotorClaims.Rule).Does(9, Codecs.MotorClaims.Invoice).Does(10, Codecs.MotorClaims.Admit)
        .Does(11, Codecs.MotorClaims.PayRest).Does(12, Codecs.MotorClaims.TakeMoney).Does(13, Codecs.MotorClaims.Close).Corrects(14, Codecs.MotorClaims.Seek)
        .Corrects(15, Codecs.MotorClaims.Repay).Corrects(16, Codecs.MotorClaims.GiveBack).Does(17, Codecs.MotorClaims.Renew).Does(18, Codecs.MotorClaims.End)
        .Tells(1, Codecs.MotorClaims.Agreed).Tells(2, Codecs.MotorClaims.Opened).Warns(3, "fraud", Codecs.MotorClaims.Flagged).Tells(4, Codecs.MotorClaims.Estimated).Tells(5, Codecs.MotorClaims.Granted)
        .Tells(6, Codecs.MotorClaims.Vetoed).Tells(7, Codecs.MotorClaims.Assessed).Tells(8, Codecs.MotorClaims.Contested).Tells(9, Codecs.MotorClaims.Ruled).Tells(10, Codecs.MotorClaims.Given)
        .Tells(11, Codecs.MotorClaims.Admitted).Tells(12, Codecs.MotorClaims.PaidOut).Tells(13, Codecs.MotorClaims.Closed).Tells(14, Codecs.MotorClaims.Sought)
        .Tells(15, Codecs.MotorClaims.Recovered).Tells(16, Codecs.MotorClaims.GivenBack).Tells(17, Codecs.MotorClaims.MandateRenewed).Tells(18, Codecs.MotorClaims.Ended)
        .Keeps(Cases, Codecs.MotorClaims.CaseNumberKey, Codecs.ClaimCase).Keeps(Payouts, Codecs.MotorClaims.PayoutNumberKey, Codecs.Payout).Keeps(Papers, Codecs.MotorClaims.Seen)
        .Keeps(Recourses, Codecs.MotorClaims.CaseNumberKey, Codecs.MotorClaims.Recourse)
        .Refuses(NotFourParties, NotTheseTerms, NotThisMoney, NotAWitness, NotAGarage, SeenAlready, AheadOfTime, NotCovered, NotACrash, TooManyClaims, NoSuchClaim, NotNow, TooMuch)
        .Refuses(NothingLeft, StillOpen, NotTheCauser);

    private static ClaimCase? Find(Facts facts, uint number) => facts.Find(Cases, new CaseNumber(number));

    private Registration.Accreditation May(Facts facts, Party party) => facts.Of(facts.Of(Policy).State.Register).Find(Registration.Accredited, party) ?? default;

    // What somebody has been given already stays given.
    private Accepted<MotorClaims> Grant(Facts facts, uint number, in ClaimCase claim, Amount amount)
    {
        var granted = amount.OrAtLeast(claim.Allotted);
        return Keep(facts, number, claim with { Stage = ClaimStage.Granted, Granted = granted }).Emit(new Granted(number, granted));
    }

    private Accepted<MotorClaims> Shut(Facts facts, uint number, in ClaimCase claim) =>
        (this with { Open = Open - 1 }).Keep(facts, number, claim with { Stage = ClaimStage.Closed }).Emit(new Closed(number, claim.Paid, claim.Reserve));

    // What all repairs so far come to beyond the deductible, up to what was granted, less what has been given before.
    private Accepted<MotorClaims> GiveRepair(Facts facts, uint number, in ClaimCase claim, in Payout payout, uint payoutNumber)
    {
        var costs = claim.Costs + payout.Cost;
        return Give(facts, number, claim with { Costs = costs }, payout with { Due = claim.Cover.Of(costs).OrAtMost(claim.Granted).Less(claim.Allotted) }, payoutNumber);
    }

    private Accepted<MotorClaims> Give(Facts facts, uint number, in ClaimCase claim, in Payout payout, uint payoutNumber)
    {
        var given = claim with { Allotted = claim.Allotted + payout.Due, Payouts = Math.Max(claim.Payouts, payoutNumber) };
        var paid = Payable(facts, given, payout.Due);
        return PayOut(facts, number, given, payout, payoutNumber, paid).Emit(new Given(number, payoutNumber, payout.To, payout.Cost, payout.Due, paid));
    }

    private Accepted<MotorClaims> PayOut(Facts facts, uint number, in ClaimCase claim, in Payout payout, uint payoutNumber, Amount paid) =>
        Keep(facts, number, claim, paid).Pay(paid, to: payout.To).Put(Payouts, new PayoutNumber(number, payoutNumber), payout with { Paid = payout.Paid + paid });

    private Amount More(Facts facts, in ClaimCase claim) => facts.UnderMandate(claim.Open.Less(claim.Reserve), Insurer);

    private Amount Payable(Facts facts, in ClaimCase claim, Amount due) => due.OrAtMost(claim.Reserve + More(facts, claim));

    private Accepted<MotorClaims> Keep(Facts facts, uint number, in ClaimCase claim) => Keep(facts, number, claim, Money.Of(0));

    // What is still to be paid of a claim is held for it, as far as the mandate goes; what is held beyond that goes back; and the time of its stage begins.
    private Accepted<MotorClaims> Keep(Facts facts, uint number, in ClaimCase claim, Amount paid)
    {
        var (more, back) = (More(facts, claim), claim.Reserve.Less(claim.Open));
        var kept = claim with { Paid = claim.Paid + paid, Reserve = claim.Reserve + more - back - paid };
        var accepted = facts.Accept(this).Hold(more, from: Insurer).Pay(back, to: Insurer).Put(Cases, new CaseNumber(number), kept);
        long? seconds = claim.Stage switch
        {
            ClaimStage.Proposed => Terms.HoursToVeto * 3_600L,
            ClaimStage.Vetoed => Terms.DaysToContest * Instant.Day,
            ClaimStage.Contested => Terms.DaysToRule * Instant.Day,
            ClaimStage.Granted => Terms.DaysToRepair * Instant.Day,
            _ => null,
        };
        return seconds is { } time ? accepted.Wake(new Pass(number), at: facts.Now.Plus(time)) : accepted.Cancel(new Pass(number));
    }
}
