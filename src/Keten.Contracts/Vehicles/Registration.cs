using Keten.Contracts.Financing;
using Keten.Kernel;

namespace Keten.Contracts.Vehicles;

/// <summary>
/// The register of vehicles that an Authority keeps: who keeps which, and whether it is there, stolen, abroad or scrapped; and for which loan its title is retained. It is public by its nature; a
/// keeper is in it as a party alone.
/// </summary>
/// <param name="Authority">Who keeps the register.</param>
/// <param name="Country">Whose register it is, by ISO 3166-1, two letters.</param>
/// <param name="Countersigns">Whether the rules have the Authority sign each change of keeper.</param>
public sealed record Registration(Party Authority, string Country, bool Countersigns) : IReadBy
{
    public static readonly Refusal<Registration> NotAVin = new(1, "That is no vehicle identification number, or its check digit does not hold.");
    public static readonly Refusal<Registration> RegisteredAlready = new(2, "A vehicle with that number is on the register already, or has been scrapped.");
    public static readonly Refusal<Registration> NotRegistered = new(3, "There is no such vehicle on the register, or it has been exported or scrapped.");
    public static readonly Refusal<Registration> IsStolen = new(4, "The vehicle is reported stolen: until it is found it changes no hands, and does not leave the register.");
    public static readonly Refusal<Registration> KeeperAlready = new(5, "That party is the keeper already.");
    public static readonly Refusal<Registration> NotStolen = new(6, "The vehicle is not reported stolen.");
    public static readonly Refusal<Registration> NotItsBook = new(7, "The book of life is of another vehicle, or for another register.");
    public static readonly Refusal<Registration> NotACountry = new(8, "A country is two capital letters, and a vehicle is exported to another one.");

    public static readonly Refusal<Registration> TitleIsRetained = new(9, "A lender has the title until a loan is paid: until then the vehicle changes no hands, and does not leave the register.");
    public static readonly Refusal<Registration> NotItsLoan = new(10, "The loan is over, or is not the keeper's, or another vehicle secures it.");
    public static readonly Refusal<Registration> NotRetained = new(11, "No title is retained, or the loan has not been called in.");

    /// <summary>What is known of each vehicle, by its identification number.</summary>
    public static readonly Records<VinKey, Vehicle> Vehicles = new(1);

    /// <summary>Whom the Authority lets write into the vehicles' books.</summary>
    public static readonly Records<Party, Accreditation> Accredited = new(2);

    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>What a register says of a vehicle, or null: also where the text is no number at all.</summary>
    public static Vehicle? Find(in Known<Registration> register, string vin) => Iso3779.IsWellFormed(vin) ? register.Find(Vehicles, Iso3779.Key(vin)) : null;

    private static Vehicle? Find(Facts facts, string vin) => Iso3779.IsWellFormed(vin) ? facts.Find(Vehicles, Iso3779.Key(vin)) : null;

    // Of a vehicle that is not there the clause says so itself.
    private static Signers Keeper(Facts facts, string vin) => Find(facts, vin) is { } vehicle ? Signers.All(vehicle.Keeper) : Signers.Anyone;

    private Signers KeeperAndAuthority(Facts facts, string vin) => Keeper(facts, vin).And(Signers.All(Authority));

    // Whose the title is, while a loan is not paid. The register asks the loan: so the title is free in the step that pays the last cent, and goes to whoever takes the debt over.
    private static Loan? Retaining(Facts facts, Vehicle? vehicle) => vehicle is { Loan: { } loan } && facts.Of(loan) is { HasEnded: false } known ? known.State : null;

    /// <summary>Whether a lender has a vehicle's title now.</summary>
    internal static bool IsRetained(Facts facts, in Vehicle vehicle) => Retaining(facts, vehicle) is not null;

    private static Signers Lender(Facts facts, string vin) => Retaining(facts, Find(facts, vin)) is { } loan ? Signers.All(loan.Lender) : Signers.Anyone;

    private static Refusal<Registration>? Against(Vehicle? vehicle) => vehicle switch
    {
        not { Standing: Standing.Registered } => NotRegistered,
        { StolenAt: not null } => IsStolen,
        _ => null,
    };

    private static Refusal<Registration>? Against(Facts facts, Vehicle? vehicle) => Against(vehicle) ?? (Retaining(facts, vehicle) is null ? null : TitleIsRetained);

    private static bool IsCountry(string text) => text.Length == 2 && text[0] is >= 'A' and <= 'Z' && text[1] is >= 'A' and <= 'Z';

    /// <summary>An Authority begins its register.</summary>
    /// <param name="Authority">Who keeps the register.</param>
    /// <param name="Country">By ISO 3166-1, two letters.</param>
    /// <param name="Countersigns">Whether the Authority signs each change of keeper.</param>
    public sealed record Establish(Party Authority, string Country, bool Countersigns) : IOpening<Registration>
    {
        public Signers MustSign(Facts facts) => Signers.All(Authority);

        public Outcome<Registration> Decide(Facts facts) =>
            IsCountry(Country) ? facts.Accept(new Registration(Authority, Country, Countersigns)) : NotACountry;
    }

    /// <summary>The Authority admits a vehicle with its first keeper; or again one that had been exported.</summary>
    /// <param name="Vin">Its identification number (ISO 3779).</param>
    /// <param name="Keeper">Who keeps it.</param>
    /// <param name="Life">Its book of life, which its maker has begun for this register.</param>
    public readonly record struct Admit(string Vin, Party Keeper, Agreement<VehicleLife> Life) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Signers.All(agreed.Authority, Keeper);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            if (!Iso3779.IsValid(Vin)) return NotAVin;
            var before = Find(facts, Vin);
            if (before is { Standing: not Standing.Exported }) return RegisteredAlready;
            if (facts.Of(Life).State is not { } book || book.Vin != Vin || book.Register != facts.Self<Registration>()) return NotItsBook;
            var vehicle = new Vehicle(Keeper, facts.Now, (before?.Keepers ?? 0) + 1, Standing.Registered, null, Life, before?.Corrections ?? 0, before?.Loan);
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), vehicle).Emit(new Admitted(Vin, Keeper, Life));
        }
    }

    /// <summary>The vehicle changes hands. In one transaction with a payment, both happen or neither.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="To">Who keeps it from now on.</param>
    public readonly record struct Transfer(string Vin, Party To) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts)
        {
            var both = Keeper(facts, Vin).And(Signers.All(To));
            return agreed.Countersigns ? both.And(Signers.All(agreed.Authority)) : both;
        }

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            if (Against(facts, was) is { } refusal) return refusal;
            if (was is not { } vehicle || vehicle.Keeper == To) return KeeperAlready;
            var now = vehicle with { Keeper = To, Since = facts.Now, Keepers = vehicle.Keepers + 1 };
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), now).Emit(new Transferred(Vin, vehicle.Keeper, To));
        }
    }

    /// <summary>The keeper or the Authority reports a vehicle stolen: from now on every use of it that anybody notices is an alarm.</summary>
    /// <param name="Vin">Which.</param>
    public readonly record struct ReportStolen(string Vin) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Find(facts, Vin) is { } vehicle ? Signers.Any(vehicle.Keeper, agreed.Authority) : Signers.Anyone;

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            if (Against(was) is { } refusal) return refusal;
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), was!.Value with { StolenAt = facts.Now }).Emit(new ReportedStolen(Vin, facts.Now));
        }
    }

    /// <summary>Somebody notices a use of a vehicle that is reported stolen: a charging station, a toll gate, a car park.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="By">Who noticed it.</param>
    /// <param name="Use">Commitment to what was noticed, and where.</param>
    public readonly record struct Sight(string Vin, Party By, Hash Use) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Signers.All(By);

        public Outcome<Registration> Decide(Registration agreed, Facts facts) =>
            Find(facts, Vin) is not { StolenAt: not null } ? NotStolen : facts.Accept(agreed).Emit(new UsedWhileStolen(Vin, By, Use));
    }

    /// <summary>The Authority has found a stolen vehicle.</summary>
    /// <param name="Vin">Which.</param>
    public readonly record struct ReportFound(string Vin) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Signers.All(agreed.Authority);

        public Outcome<Registration> Decide(Registration agreed, Facts facts) =>
            Find(facts, Vin) is not { StolenAt: not null } vehicle ? NotStolen
            : facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), vehicle with { StolenAt = null }).Emit(new Found(Vin));
    }

    /// <summary>The vehicle leaves for another country; it may be admitted again.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="Country">Where it goes, by ISO 3166-1, two letters.</param>
    public readonly record struct Export(string Vin, string Country) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => agreed.KeeperAndAuthority(facts, Vin);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            if (!IsCountry(Country) || Country == agreed.Country) return NotACountry;
            var was = Find(facts, Vin);
            if (Against(facts, was) is { } refusal) return refusal;
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), was!.Value with { Standing = Standing.Exported }).Emit(new Exported(Vin, Country));
        }
    }

    /// <summary>The vehicle is destroyed, for good: its number is never admitted again.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="Certificate">Commitment to the certificate of destruction.</param>
    public readonly record struct Scrap(string Vin, Hash Certificate) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => agreed.KeeperAndAuthority(facts, Vin);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            if (Against(facts, was) is { } refusal) return refusal;
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), was!.Value with { Standing = Standing.Scrapped }).Emit(new Scrapped(Vin, Certificate));
        }
    }

    /// <summary>The keeper has the title retained for a loan that the vehicle secures: until that is paid it is the lender's, and the keeper has the use.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="Loan">For which loan; it names this vehicle.</param>
    public readonly record struct Retain(string Vin, Agreement<Loan> Loan) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Keeper(facts, Vin);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            if (Against(facts, was) is { } refusal) return refusal;
            var loan = facts.Of(Loan);
            if (loan.HasEnded || loan.State.Borrower != was!.Value.Keeper || loan.State.Security != new Security(facts.Self<Registration>(), Vin)) return NotItsLoan;
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), was.Value with { Loan = Loan }).Emit(new Retained(Vin, Loan));
        }
    }

    /// <summary>The lender lets the title go before the loan is paid: for another vehicle, or for one that is to be scrapped.</summary>
    /// <param name="Vin">Which.</param>
    public readonly record struct LetGo(string Vin) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Lender(facts, Vin);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            return Retaining(facts, was) is null ? NotRetained
                : facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), was!.Value with { Loan = null }).Emit(new LetGone(Vin));
        }
    }

    /// <summary>The lender of a loan that was called in takes the vehicle back, and is its keeper; the former one need not sign. What is owed stays owed, less what the lender credits.</summary>
    /// <param name="Vin">Which.</param>
    public readonly record struct TakeBack(string Vin) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts)
        {
            var lender = Lender(facts, Vin);
            return agreed.Countersigns ? lender.And(Signers.All(agreed.Authority)) : lender;
        }

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var was = Find(facts, Vin);
            if (Against(was) is { } refusal) return refusal;
            if (was is not { } vehicle || Retaining(facts, vehicle) is not { Stage: LoanStage.CalledIn } loan) return NotRetained;
            var now = vehicle with { Keeper = loan.Lender, Since = facts.Now, Keepers = vehicle.Keepers + 1, Loan = null };
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), now).Emit(new TakenBack(Vin, vehicle.Keeper, loan.Lender));
        }
    }

    /// <summary>The Authority puts a record right: a wrong keeper, a court's ruling, a vehicle that left by mistake. The record says how often that was done, and what it was before stays in the event.</summary>
    /// <param name="Vin">Which.</param>
    /// <param name="Keeper">Who keeps it.</param>
    /// <param name="Standing">Whether it is on the register.</param>
    /// <param name="Reason">Commitment to the decision.</param>
    public readonly record struct Correct(string Vin, Party Keeper, Standing Standing, Hash Reason) : ICorrection<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Signers.All(agreed.Authority);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            if (Find(facts, Vin) is not { } was) return NotRegistered;
            var right = was with { Keeper = Keeper, Standing = Standing, Corrections = was.Corrections + 1 };
            return facts.Accept(agreed).Put(Vehicles, Iso3779.Key(Vin), right).Emit(new Corrected(Vin, was.Keeper, Keeper, was.Standing, Standing, Reason));
        }
    }

    /// <summary>The Authority says what a party may write into the vehicles' books; nothing, to take all of it back.</summary>
    /// <param name="Party">Whom.</param>
    /// <param name="May">What.</param>
    public readonly record struct Accredit(Party Party, Accreditation May) : IClause<Registration>
    {
        public Signers MustSign(Registration agreed, Facts facts) => Signers.All(agreed.Authority);

        public Outcome<Registration> Decide(Registration agreed, Facts facts)
        {
            var accepted = facts.Accept(agreed).Emit(new Allowed(Party, May));
            return May == default ? accepted.Remove(Accredited, Party) : accepted.Put(Accredited, Party, May);
        }
    }

    /// <summary>What the register says of a vehicle.</summary>
    /// <param name="Keeper">Who keeps it; of one that has left, who kept it last.</param>
    /// <param name="Since">Since when.</param>
    /// <param name="Keepers">How many keepers it has had, this one too.</param>
    /// <param name="Standing">Whether it is on the register.</param>
    /// <param name="StolenAt">When it was reported stolen, while it is.</param>
    /// <param name="Life">Its book of life.</param>
    /// <param name="Corrections">How often the Authority has put this record right.</param>
    /// <param name="Loan">The loan for which its title was retained last, if ever; while that has not ended, the title is its lender's.</param>
    public readonly record struct Vehicle(
        Party Keeper, Instant Since, uint Keepers, Standing Standing, Instant? StolenAt, Agreement<VehicleLife> Life, uint Corrections, Agreement<Loan>? Loan = null)
    {
        /// <summary>Whether it may change hands, as far as the register alone can say: a loan may still retain the title.</summary>
        public bool IsFree => Standing == Standing.Registered && StolenAt is null;
    }

    /// <summary>What a party may write into books.</summary>
    /// <param name="Garage">Services, software, remedies of recalls.</param>
    /// <param name="Inspector">Inspections.</param>
    /// <param name="Reporter">Collisions.</param>
    public readonly record struct Accreditation(bool Garage, bool Inspector, bool Reporter);

    public readonly record struct Admitted(string Vin, Party Keeper, Agreement<VehicleLife> Life) : IEvent;
    public readonly record struct Transferred(string Vin, Party From, Party To) : IEvent;
    public readonly record struct ReportedStolen(string Vin, Instant At) : IEvent;
    public readonly record struct UsedWhileStolen(string Vin, Party By, Hash Use) : IEvent;
    public readonly record struct Found(string Vin) : IEvent;
    public readonly record struct Exported(string Vin, string Country) : IEvent;
    public readonly record struct Scrapped(string Vin, Hash Certificate) : IEvent;
    public readonly record struct Corrected(string Vin, Party Was, Party Is, Standing Stood, Standing Stands, Hash Reason) : IEvent;
    public readonly record struct Allowed(Party Party, Accreditation May) : IEvent;
    public readonly record struct Retained(string Vin, Agreement<Loan> Loan) : IEvent;
    public readonly record struct LetGone(string Vin) : IEvent;
    public readonly record struct TakenBack(string Vin, Party From, Party To) : IEvent;

    public static readonly Contract<Registration> Contents = new Contract<Registration>(code: 10, version: 1, Codecs.Registration.State)
        .Opens(1, Codecs.Registration.Establish).Does(2, Codecs.Registration.Admit).Does(3, Codecs.Registration.Transfer).Does(4, Codecs.Registration.ReportStolen)
        .Does(5, Codecs.Registration.Sight).Does(6, Codecs.Registration.ReportFound).Does(7, Codecs.Registration.Export).Does(8, Codecs.Registration.Scrap)
        .Corrects(9, Codecs.Registration.Correct).Does(10, Codecs.Registration.Accredit)
        .Does(11, Codecs.Registration.Retain).Does(12, Codecs.Registration.LetGo).Does(13, Codecs.Registration.TakeBack)
        .Tells(1, Codecs.Registration.Admitted).Tells(2, Codecs.Registration.Transferred).Warns(3, "theft", Codecs.Registration.ReportedStolen)
        .Warns(4, "theft", Codecs.Registration.UsedWhileStolen)
        .Tells(5, Codecs.Registration.Found).Tells(6, Codecs.Registration.Exported).Tells(7, Codecs.Registration.Scrapped).Tells(8, Codecs.Registration.Corrected)
        .Tells(9, Codecs.Registration.Allowed).Tells(10, Codecs.Registration.Retained).Tells(11, Codecs.Registration.LetGone).Tells(12, Codecs.Registration.TakenBack)
        .Keeps(Vehicles, Codecs.Registration.VinKey, Codecs.Registration.Vehicle).Keeps(Accredited, Codecs.Registration.Accreditation)
        .Refuses(NotAVin, RegisteredAlready, NotRegistered, IsStolen, KeeperAlready, NotStolen, NotItsBook, NotACountry, TitleIsRetained, NotItsLoan, NotRetained);
}

/// <summary>Whether a vehicle is on a register.</summary>
public enum Standing
{
    /// <summary>It is.</summary>
    Registered = 1,

    /// <summary>It has gone to another country.</summary>
    Exported = 2,

    /// <summary>It has been destroyed.</summary>
    Scrapped = 3,
}
