using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>
/// A maker of parts repays a Garage for repairs under the cover that it promises for its articles. A claim is held against the part's history: made, mounted in that vehicle, within time and
/// distance, not taken out before, no alarm open, not claimed before. What the Maker does not reject in time is paid.
/// </summary>
/// <param name="Maker">Who makes the parts, and pays.</param>
/// <param name="Garage">Who repairs, and claims.</param>
/// <param name="Parts">In whose record the parts' histories stand.</param>
/// <param name="Most">What one claim may cost.</param>
/// <param name="DaysToAnswer">How long the Maker has to reject a claim.</param>
/// <param name="Count">How many claims there have been.</param>
/// <param name="Owed">What fell due and the mandate did not reach.</param>
public sealed record Warranty(Party Maker, Party Garage, Agreement<SerialParts> Parts, Amount Most, byte DaysToAnswer, uint Count, Amount Owed)
{
    /// <summary>So many claims at once; each has one deadline.</summary>
    public const int OpenAtMost = 15;

    /// <summary>A part that the Garage has taken out for the repair is claimed for within so many days.</summary>
    public const int DaysAfterRemoval = 14;

    /// <summary>So many steps after the mounting are looked through.</summary>
    public const int StepsAtMost = 100;

    // However many claims are owed, their sum is one that an amount may be.
    private const long DearestAtMost = 1L << 28;

    public static readonly Refusal<Warranty> NotTheseTerms = new(1, "Maker and garage are two parties, there is a day or more to answer, and a claim is of no more than 268,435,456 smallest parts of the mandate's money.");
    public static readonly Refusal<Warranty> NotThisMoney = new(2, "The cost is in other money, is nothing, or is more than one claim may cost.");
    public static readonly Refusal<Warranty> NotCovered = new(3, "Nobody has made that part, it is another maker's, or its maker promises nothing for it.");
    public static readonly Refusal<Warranty> NotMounted = new(4, "The part was not mounted in that vehicle by that step.");
    public static readonly Refusal<Warranty> TooLate = new(5, "More days have passed since it was mounted than the cover has.");
    public static readonly Refusal<Warranty> TooFar = new(6, "The vehicle has gone further since it was mounted than the cover has, or its odometer has run back.");
    public static readonly Refusal<Warranty> RemovedBefore = new(7, "The part has been taken out since, and not by this garage in the last 14 days.");
    public static readonly Refusal<Warranty> InDoubt = new(8, "The part has raised an alarm that the brand has not explained yet.");
    public static readonly Refusal<Warranty> ClaimedAlready = new(9, "A claim has been made for that mounting.");
    public static readonly Refusal<Warranty> TooManyClaims = new(10, "At most 15 claims wait for an answer.");
    public static readonly Refusal<Warranty> NotOpen = new(11, "There is no such claim, or it is answered.");
    public static readonly Refusal<Warranty> NotPaid = new(12, "There is no such claim, or not so much was paid for it; or not so much is owed.");
    public static readonly Refusal<Warranty> StillOpen = new(13, "A claim waits for an answer; or something is owed, and only the garage lets it go.");
    public static readonly Refusal<Warranty> NotAPartyHere = new(14, "Only maker and garage end this agreement.");

    /// <summary>The claims, by number from 1.</summary>
    public static readonly Records<ClaimKey, Claim> Claims = new(1);

    /// <summary>Which claim was made for which mounting.</summary>
    public static readonly Records<StepKey, Claimed> Mountings = new(2);

    /// <summary>The claims that wait for an answer.</summary>
    public static readonly Records<ClaimKey, Waiting> Open = new(3);

    public readonly record struct ClaimKey(uint Number);
    public readonly record struct Claimed(uint Number);
    public readonly record struct Waiting(Instant Until);

    /// <summary>A claim.</summary>
    /// <param name="Part">For which part.</param>
    /// <param name="Mounted">Mounted by which of its steps.</param>
    /// <param name="Vin">In which vehicle.</param>
    /// <param name="By">By whom it was mounted.</param>
    /// <param name="Cost">What the repair cost.</param>
    /// <param name="Report">Commitment to what was found and done.</param>
    /// <param name="Stage">How far it is.</param>
    /// <param name="Paid">What was paid, less what was given back.</param>
    public readonly record struct Claim(Sgtin Part, uint Mounted, string Vin, Party By, Amount Cost, Hash Report, ClaimStage Stage, Amount Paid);

    private Amount Nothing => Most.Unit.Of(0);

    // Nothing, where the history bears the claim out.
    private Refusal<Warranty>? Against(Facts facts, in MakeClaim claim, out PartStep mounted)
    {
        var parts = facts.Of(Parts);
        mounted = default;
        if (SerialParts.Find(parts, claim.Part) is not { Batch: not 0 } part) return NotCovered;
        if (parts.Find(SerialParts.Articles, new GtinKey(Gs1.Number(claim.Part.Gtin))) is not { Cover.Days: > 0 } article || article.Maker != Maker) return NotCovered;
        if (parts.Find(SerialParts.Steps, StepKey.Of(claim.Part.Key, claim.Mounted)) is not { Kind: StepKind.Mounted, Correction: null, Vin: { } vin } step || vin != claim.Vin) return NotMounted;
        mounted = step;
        if (part.Unexplained > 0) return InDoubt;
        if (facts.Now > step.Note.At.PlusDays(article.Cover.Days)) return TooLate;
        if (article.Cover.Kilometres > 0 && !IsWithin(article.Cover.Kilometres, step.Note.Odometer, claim.Odometer)) return TooFar;
        return StoodSince(facts, parts, part, claim.Mounted, vin) ? null : RemovedBefore;
    }

    // Where nobody read it, the vehicle was new.
    private static bool IsWithin(uint kilometres, Odometer? then, Odometer now) =>
        now.Millimetres >= (then?.Millimetres ?? 0) && now.Millimetres - (then?.Millimetres ?? 0) <= kilometres * 1_000_000UL;

    // Back from the latest step to the mounting: nobody has taken it out of there, but perhaps this garage just now.
    private bool StoodSince(Facts facts, in Known<SerialParts> parts, in Part part, uint mounting, string vin)
    {
        var number = part.Latest;
        for (var seen = 0; seen < StepsAtMost && number >= mounting; seen++)
        {
            if (number == mounting) return true;
            if (parts.Find(SerialParts.Steps, StepKey.Of(part.Id.Key, number)) is not { } step) return false;
            var isOut = step.Kind == StepKind.Removed && step.Vin == vin;
            if (isOut && (number != part.Latest || step.Note.By != Garage || facts.Now > step.Note.At.PlusDays(DaysAfterRemoval))) return false;
            number = step.Before;
        }
        return false;
    }

    private Accepted<Warranty> Answer(Facts facts, uint number, in Claim claim, Amount paid)
    {
        var owed = claim.Cost - paid;
        return facts.Accept(owed.IsZero ? this : this with { Owed = Owed + owed }).Move(paid, from: Maker, to: Garage)
            .Put(Claims, new ClaimKey(number), claim with { Stage = ClaimStage.Due, Paid = paid }).Remove(Open, new ClaimKey(number))
            .Emit(new Paid(number, paid, owed));
    }

    /// <summary>Maker and Garage agree.</summary>
    /// <param name="Maker">Who makes the parts.</param>
    /// <param name="Garage">Who repairs.</param>
    /// <param name="Parts">In whose record the parts' histories stand.</param>
    /// <param name="Most">What one claim may cost.</param>
    /// <param name="DaysToAnswer">How long the Maker has to reject a claim.</param>
    /// <param name="Mandate">Under which the Maker pays.</param>
    public sealed record Agree(Party Maker, Party Garage, Agreement<SerialParts> Parts, Amount Most, byte DaysToAnswer, Mandate Mandate) : IOpening<Warranty>
    {
        public Signers MustSign(Facts facts) => Signers.All(Maker, Garage);

        public Outcome<Warranty> Decide(Facts facts) =>
            Maker == Garage || Most.Minor is <= 0 or > DearestAtMost || DaysToAnswer == 0 || Mandate.InAll.Unit != Most.Unit || facts.Of(Parts).HasEnded ? NotTheseTerms
            : facts.Accept(new Warranty(Maker, Garage, Parts, Most, DaysToAnswer, 0, Most.Unit.Of(0))).Allow(Maker, Mandate).Emit(new Agreed(Maker, Garage, Most));
    }

    /// <summary>The Garage claims what a repair has cost. The part's history is looked through at once.</summary>
    /// <param name="Part">Which part failed.</param>
    /// <param name="Mounted">The step by which it was mounted.</param>
    /// <param name="Vin">In which vehicle.</param>
    /// <param name="Odometer">What the odometer shows now.</param>
    /// <param name="Cost">What the repair cost.</param>
    /// <param name="Report">Commitment to what was found and done.</param>
    public readonly record struct MakeClaim(Sgtin Part, uint Mounted, string Vin, Odometer Odometer, Amount Cost, Hash Report) : IClause<Warranty>
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(agreed.Garage);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts)
        {
            if (Cost.Unit != agreed.Most.Unit || Cost.Minor <= 0 || Cost > agreed.Most) return NotThisMoney;
            if (agreed.Against(facts, this, out var mounted) is { } refusal) return refusal;
            if (facts.Find(Mountings, StepKey.Of(Part.Key, Mounted)) is not null) return ClaimedAlready;
            if (facts.Count(Open) >= OpenAtMost) return TooManyClaims;
            var (number, until) = (agreed.Count + 1, facts.Now.PlusDays(agreed.DaysToAnswer));
            return facts.Accept(agreed with { Count = number })
                .Put(Claims, new ClaimKey(number), new Claim(Part, Mounted, Vin, mounted.Note.By, Cost, Report, ClaimStage.Waiting, agreed.Nothing))
                .Put(Mountings, StepKey.Of(Part.Key, Mounted), new Claimed(number)).Put(Open, new ClaimKey(number), new Waiting(until))
                .Wake(new FallDue(number), at: until).Emit(new Made(number, Part, Vin, mounted.Note.By, Cost, until));
        }
    }

    /// <summary>The Maker accepts a claim, and pays it at once.</summary>
    /// <param name="Number">Which.</param>
    public readonly record struct Accept(uint Number) : IClause<Warranty>
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts) =>
            facts.Find(Open, new ClaimKey(Number)) is null || facts.Find(Claims, new ClaimKey(Number)) is not { } claim ? NotOpen
            : agreed.Answer(facts, Number, claim, claim.Cost).Cancel(new FallDue(Number));
    }

    /// <summary>The Maker rejects a claim, and says why.</summary>
    /// <param name="Number">Which.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Reject(uint Number, Hash Reason) : IClause<Warranty>
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts) =>
            facts.Find(Open, new ClaimKey(Number)) is null || facts.Find(Claims, new ClaimKey(Number)) is not { } claim ? NotOpen
            : facts.Accept(agreed).Put(Claims, new ClaimKey(Number), claim with { Stage = ClaimStage.Rejected }).Remove(Open, new ClaimKey(Number))
                .Cancel(new FallDue(Number)).Emit(new Rejected(Number, Reason));
    }

    /// <summary>The Maker has not answered: the claim is paid as far as the mandate and the Maker's account go, and the rest is owed.</summary>
    /// <param name="Number">Which.</param>
    public readonly record struct FallDue(uint Number) : IDue<Warranty>
    {
        public Accepted<Warranty> Decide(Warranty agreed, Facts facts) =>
            facts.Find(Claims, new ClaimKey(Number)) is { Stage: ClaimStage.Waiting } claim ? agreed.Answer(facts, Number, claim, facts.UnderMandate(claim.Cost, agreed.Maker)) : facts.Accept(agreed);
    }

    /// <summary>The Maker pays what is owed, or a part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Warranty>
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts) =>
            Amount.Unit != agreed.Most.Unit || Amount.Minor <= 0 ? NotThisMoney : Amount > agreed.Owed ? NotPaid
            : facts.Accept(agreed with { Owed = agreed.Owed - Amount }).Move(Amount, from: agreed.Maker, to: agreed.Garage).Emit(new PaidUp(Amount));
    }

    /// <summary>The Garage gives back what was paid too much for a claim. Also when all is over.</summary>
    /// <param name="Number">Which.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to the credit note.</param>
    public readonly record struct GiveBack(uint Number, Amount Amount, Hash Reason) : ICorrection<Warranty>
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(agreed.Garage);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Most.Unit || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Claims, new ClaimKey(Number)) is not { } claim || Amount > claim.Paid) return NotPaid;
            return facts.Accept(agreed).Move(Amount, from: agreed.Garage, to: agreed.Maker)
                .Put(Claims, new ClaimKey(Number), claim with { Paid = claim.Paid - Amount }).Emit(new GivenBack(Number, Amount, Reason));
        }
    }

    /// <summary>Maker or Garage ends it, once all claims are answered. While something is owed only the Garage does, and lets it go.</summary>
    /// <param name="By">Which of them.</param>
    public readonly record struct End(Party By) : IClause<Warranty>, IExit
    {
        public Signers MustSign(Warranty agreed, Facts facts) => Signers.All(By);

        public Outcome<Warranty> Decide(Warranty agreed, Facts facts) =>
            By != agreed.Maker && By != agreed.Garage ? NotAPartyHere
            : facts.Count(Open) > 0 || (By == agreed.Maker && !agreed.Owed.IsZero) ? StillOpen : facts.Accept(agreed).Emit(new Ended(By, agreed.Owed)).End();
    }

    public readonly record struct Agreed(Party Maker, Party Garage, Amount Most) : IEvent;
    public readonly record struct Made(uint Number, Sgtin Part, string Vin, Party MountedBy, Amount Cost, Instant Until) : IEvent;
    public readonly record struct Paid(uint Number, Amount Amount, Amount Owed) : IEvent;
    public readonly record struct Rejected(uint Number, Hash Reason) : IEvent;
    public readonly record struct PaidUp(Amount Amount) : IEvent;
    public readonly record struct GivenBack(uint Number, Amount Amount, Hash Reason) : IEvent;
    public readonly record struct Ended(Party By, Amount Waived) : IEvent;

    public static readonly Contract<Warranty> Contents = new Contract<Warranty>(code: 62, version: 1, Codecs.Warranty.State)
        .Opens(1, Codecs.Warranty.Agree).Does(2, Codecs.Warranty.MakeClaim).Does(3, Codecs.Warranty.Accept).Does(4, Codecs.Warranty.Reject).FallsDue(5, Codecs.Warranty.FallDue)
        .Does(6, Codecs.Warranty.Pay).Corrects(7, Codecs.Warranty.GiveBack).Does(8, Codecs.Warranty.End)
        .Tells(1, Codecs.Warranty.Agreed).Tells(2, Codecs.Warranty.Made).Tells(3, Codecs.Warranty.Paid).Tells(4, Codecs.Warranty.Rejected).Tells(5, Codecs.Warranty.PaidUp)
        .Tells(6, Codecs.Warranty.GivenBack).Tells(7, Codecs.Warranty.Ended)
        .Keeps(Claims, Codecs.Warranty.ClaimKey, Codecs.Warranty.Claim).Keeps(Mountings, Codecs.Warranty.StepKey, Codecs.Warranty.Claimed)
        .Keeps(Open, Codecs.Warranty.ClaimKey, Codecs.Warranty.Waiting)
        .Refuses(NotTheseTerms, NotThisMoney, NotCovered, NotMounted, TooLate, TooFar, RemovedBefore, InDoubt, ClaimedAlready, TooManyClaims, NotOpen, NotPaid, StillOpen, NotAPartyHere);
}

/// <summary>How far a claim is.</summary>
public enum ClaimStage
{
    /// <summary>It waits for the maker's answer.</summary>
    Waiting = 1,

    /// <summary>It was accepted or fell due: paid, or owed.</summary>
    Due = 2,

    /// <summary>It was rejected.</summary>
    Rejected = 3,
}
