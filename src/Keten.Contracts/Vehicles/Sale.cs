using Keten.Kernel;

namespace Keten.Contracts.Vehicles;

/// <summary>
/// A Seller sells a vehicle to a Buyer. A deposit is held while the Buyer inspects; then money goes against title, in one transaction, both or neither. While the Buyer may return the
/// vehicle the agreement keeps the price; after that the Seller answers for it until the warranty ends. What the two cannot settle the Arbiter rules.
/// </summary>
/// <param name="Seller">Who sells, and is the keeper at first.</param>
/// <param name="Buyer">Who buys.</param>
/// <param name="Arbiter">Who rules on what the two cannot settle.</param>
/// <param name="Register">Where the vehicle is registered.</param>
/// <param name="Vin">Its identification number.</param>
/// <param name="Price">What it costs in all.</param>
/// <param name="Deposit">How much of that is held from the acceptance on.</param>
/// <param name="Terms">How long each stage is.</param>
/// <param name="Stage">How far the sale is.</param>
/// <param name="Until">When the stage ends by itself.</param>
/// <param name="Claim">Commitment to what the Buyer contests, while that is open.</param>
public sealed record Sale(
    Party Seller, Party Buyer, Party Arbiter, Agreement<Registration> Register, string Vin, Amount Price, Amount Deposit, SaleTerms Terms, SaleStage Stage, Instant Until, Hash? Claim)
{
    /// <summary>The Arbiter has so many days to rule; then it stands as it would without the claim.</summary>
    public const int DaysToRule = 30;

    public static readonly Refusal<Sale> NotThreeParties = new(1, "Seller, buyer and arbiter are three parties.");
    public static readonly Refusal<Sale> NotThisMoney = new(2, "The price is nothing, or expires; or the deposit is more than the price; or money is in another unit or less than nothing.");
    public static readonly Refusal<Sale> NotTheirsToSell = new(3, "The seller is not the vehicle's keeper, or it is stolen, or it has left the register.");
    public static readonly Refusal<Sale> NoWarranty = new(4, "A warranty needs the seller's mandate, which lasts until the last ruling on it could be; and without a warranty there is none.");
    public static readonly Refusal<Sale> NotNow = new(5, "That is not possible at this stage of the sale.");
    public static readonly Refusal<Sale> NoTitle = new(6, "The title has not changed hands: that is done by a call on the register in the same transaction, before this one.");
    public static readonly Refusal<Sale> InDispute = new(7, "That has to wait until the dispute is settled.");
    public static readonly Refusal<Sale> NotInDispute = new(8, "Nothing is in dispute.");
    public static readonly Refusal<Sale> TooMuch = new(9, "That is more than the dispute is about.");

    private bool HasTitle(Facts facts, Party party) => Registration.Find(facts.Of(Register), Vin) is { IsFree: true } vehicle && vehicle.Keeper == party;

    // What a lender has the title of the Seller cannot deliver without settling the loan first.
    private bool CanBeDelivered(Facts facts) => HasTitle(facts, Seller) && Registration.Find(facts.Of(Register), Vin) is { } vehicle && !Registration.IsRetained(facts, vehicle);

    private Amount Nothing => Price.Unit.Of(0);

    private Sale At(SaleStage stage, Instant from, int days) => this with { Stage = stage, Until = from.PlusDays(days), Claim = null };

    private static Accepted<Sale> Waiting(Facts facts, Sale next) => facts.Accept(next).Wake(new Pass(), at: next.Until);

    // Nothing has changed hands, and the deposit goes to one of the two, or is divided.
    private Accepted<Sale> CallOff(Facts facts, Amount toBuyer, Amount toSeller) =>
        facts.Accept(this with { Claim = null }).Pay(toBuyer, to: Buyer).Pay(toSeller, to: Seller).Emit(new CalledOff(toBuyer, toSeller)).End();

    // The vehicle stays with the Buyer, and what is held of the price goes out.
    private Accepted<Sale> PayOut(Facts facts, Amount toBuyer, Amount comesIn)
    {
        var next = At(SaleStage.Warranty, facts.Now, Terms.DaysOfWarranty);
        var accepted = Terms.DaysOfWarranty == 0 ? facts.Accept(next).End() : Waiting(facts, next);
        return accepted.Hold(comesIn, from: Buyer).Pay(Price - toBuyer, to: Seller).Pay(toBuyer, to: Buyer).Emit(new PaidOut(Price - toBuyer, toBuyer));
    }

    // As it would be without a claim. A buyer whom the seller cannot deliver to does not lose the deposit.
    private Accepted<Sale> GoOn(Facts facts) => Stage switch
    {
        SaleStage.Inspection => Waiting(facts, At(SaleStage.Binding, Until, Terms.DaysToComplete)),
        SaleStage.Binding when CanBeDelivered(facts) => CallOff(facts, Nothing, Deposit),
        SaleStage.Binding => CallOff(facts, Deposit, Nothing),
        SaleStage.CoolingOff => PayOut(facts, Nothing, Nothing),
        SaleStage.Warranty when facts.Now < Until => Waiting(facts, this with { Claim = null }),
        _ => facts.Accept(this with { Claim = null }).Emit(new Over(Stage)).End(),
    };

    /// <summary>The Seller offers a vehicle that it keeps.</summary>
    /// <param name="Seller">Who sells, and is the keeper.</param>
    /// <param name="Buyer">To whom.</param>
    /// <param name="Arbiter">Who rules on what the two cannot settle.</param>
    /// <param name="Register">Where the vehicle is registered.</param>
    /// <param name="Vin">Its identification number.</param>
    /// <param name="Price">What it costs in all.</param>
    /// <param name="Deposit">How much of that is held from the acceptance on; may be nothing.</param>
    /// <param name="Terms">How long each stage is.</param>
    /// <param name="Warranty">The Seller's mandate for what a ruling may take under the warranty, where there is one.</param>
    public sealed record Offer(
        Party Seller, Party Buyer, Party Arbiter, Agreement<Registration> Register, string Vin, Amount Price, Amount Deposit, SaleTerms Terms, Mandate? Warranty) : IOpening<Sale>
    {
        public Signers MustSign(Facts facts) => Signers.All(Seller);

        public Outcome<Sale> Decide(Facts facts)
        {
            if (Seller == Buyer || Seller == Arbiter || Buyer == Arbiter) return NotThreeParties;
            if (Deposit.Unit != Price.Unit || Price.Minor <= 0 || Deposit.Minor < 0 || Deposit > Price || (Warranty is { } given && given.InAll.Unit != Price.Unit)) return NotThisMoney;
            if (!facts.CanBeHeld(Price.Unit)) return NotThisMoney;
            if (Terms.DaysOfWarranty > 0 != Warranty is not null || Warranty?.Until < facts.Now.PlusDays(Terms.InAll + DaysToRule)) return NoWarranty;
            var sale = new Sale(Seller, Buyer, Arbiter, Register, Vin, Price, Deposit, Terms, SaleStage.Offer, facts.Now.PlusDays(Terms.DaysToAccept), null);
            if (!sale.HasTitle(facts, Seller)) return NotTheirsToSell;
            var accepted = Waiting(facts, sale).Emit(new Offered(Vin, Buyer, Price, Deposit));
            return Warranty is { } mandate ? accepted.Allow(Seller, mandate) : accepted;
        }
    }

    /// <summary>The Buyer takes the offer, and pays the deposit in. The time to inspect begins.</summary>
    public readonly record struct Accept : IClause<Sale>
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Sale> Decide(Sale agreed, Facts facts)
        {
            if (agreed.Stage != SaleStage.Offer) return NotNow;
            if (!agreed.HasTitle(facts, agreed.Seller)) return NotTheirsToSell;
            return Waiting(facts, agreed.At(SaleStage.Inspection, facts.Now, agreed.Terms.DaysToInspect)).Hold(agreed.Deposit, from: agreed.Buyer).Emit(new Accepted(agreed.Deposit));
        }
    }

    /// <summary>One of the two steps back before the title changes hands. The deposit is the Buyer's again; the Seller's where the Buyer does so after the time to inspect.</summary>
    /// <param name="By">Seller or Buyer.</param>
    public readonly record struct StepBack(Party By) : IClause<Sale>, IExit
    {
        public Signers MustSign(Sale agreed, Facts facts) => By == agreed.Buyer ? Signers.All(By) : Signers.All(agreed.Seller);

        public Outcome<Sale> Decide(Sale agreed, Facts facts) => agreed.Stage switch
        {
            SaleStage.Offer => agreed.CallOff(facts, agreed.Nothing, agreed.Nothing),
            SaleStage.Binding when By == agreed.Buyer => agreed.Claim is not null ? InDispute : agreed.CallOff(facts, agreed.Nothing, agreed.Deposit),
            SaleStage.Inspection or SaleStage.Binding => agreed.CallOff(facts, agreed.Deposit, agreed.Nothing),
            _ => NotNow,
        };
    }

    /// <summary>
    /// Money against title. It stands in one transaction behind the call by which the register makes the Buyer the keeper, which the Seller signs: both are done or neither. Where the
    /// Buyer may return the vehicle, the price is kept until then.
    /// </summary>
    public readonly record struct Complete : IClause<Sale>
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Sale> Decide(Sale agreed, Facts facts)
        {
            if (agreed.Stage is not (SaleStage.Inspection or SaleStage.Binding)) return NotNow;
            if (agreed.Claim is not null) return InDispute;
            if (!agreed.HasTitle(facts, agreed.Buyer)) return NoTitle;
            var rest = agreed.Price - agreed.Deposit;
            var delivered = new Delivered(agreed.Vin, agreed.Price);
            return agreed.Terms.DaysToReturn == 0
                ? agreed.PayOut(facts, agreed.Nothing, rest).Emit(delivered)
                : Waiting(facts, agreed.At(SaleStage.CoolingOff, facts.Now, agreed.Terms.DaysToReturn)).Hold(rest, from: agreed.Buyer).Emit(delivered);
        }
    }

    /// <summary>The Buyer has returned the vehicle in time, and has the price back. It stands in one transaction behind the call that makes the Seller the keeper again.</summary>
    public readonly record struct Return : IClause<Sale>, IExit
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Sale> Decide(Sale agreed, Facts facts) =>
            agreed.Stage != SaleStage.CoolingOff ? NotNow
            : !agreed.HasTitle(facts, agreed.Seller) ? NoTitle
            : facts.Accept(agreed with { Claim = null }).Pay(agreed.Price, to: agreed.Buyer).Emit(new Returned(agreed.Vin, agreed.Price)).End();
    }

    /// <summary>The Buyer contests: what is held waits for the Arbiter.</summary>
    /// <param name="Claim">Commitment to what the Buyer says.</param>
    public readonly record struct Contest(Hash Claim) : IClause<Sale>
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Sale> Decide(Sale agreed, Facts facts) =>
            agreed.Stage is SaleStage.Offer or SaleStage.Inspection ? NotNow
            : agreed.Claim is not null ? InDispute
            : facts.Accept(agreed with { Claim = Claim }).Wake(new Pass(), at: facts.Now.PlusDays(DaysToRule)).Emit(new Contested(agreed.Stage, Claim));
    }

    /// <summary>The Buyer gives the claim up, and the stage goes on where it was.</summary>
    public readonly record struct Drop : IClause<Sale>, IExit
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Sale> Decide(Sale agreed, Facts facts) =>
            agreed.Claim is null ? NotInDispute : Waiting(facts, agreed with { Claim = null }).Emit(new Settled(agreed.Stage, agreed.Nothing, agreed.Nothing));
    }

    /// <summary>The Arbiter rules: of what is held so much goes to the Buyer and the rest to the Seller; under the warranty the Seller pays so much, as far as its mandate goes.</summary>
    /// <param name="ToBuyer">How much.</param>
    public readonly record struct Rule(Amount ToBuyer) : IClause<Sale>
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Arbiter);

        public Outcome<Sale> Decide(Sale agreed, Facts facts)
        {
            if (agreed.Claim is null) return NotInDispute;
            if (ToBuyer.Unit != agreed.Price.Unit || ToBuyer.Minor < 0) return NotThisMoney;
            if (ToBuyer > (agreed.Stage == SaleStage.Binding ? agreed.Deposit : agreed.Price)) return TooMuch;
            if (agreed.Stage == SaleStage.Binding) return agreed.CallOff(facts, ToBuyer, agreed.Deposit - ToBuyer).Emit(new Settled(agreed.Stage, ToBuyer, ToBuyer));
            if (agreed.Stage == SaleStage.CoolingOff) return agreed.PayOut(facts, ToBuyer, agreed.Nothing).Emit(new Settled(SaleStage.CoolingOff, ToBuyer, ToBuyer));
            var taken = facts.UnderMandate(ToBuyer, agreed.Seller);
            return agreed.GoOn(facts).Move(taken, from: agreed.Seller, to: agreed.Buyer).Emit(new Settled(agreed.Stage, ToBuyer, taken));
        }
    }

    /// <summary>The Seller gives something back, also when all is over: a price reduction, what a ruling gave and the mandate did not reach.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Amount Amount, Hash Reason) : ICorrection<Sale>, IExit
    {
        public Signers MustSign(Sale agreed, Facts facts) => Signers.All(agreed.Seller);

        public Outcome<Sale> Decide(Sale agreed, Facts facts) =>
            Amount.Unit != agreed.Price.Unit || Amount.Minor <= 0 ? NotThisMoney
            : facts.Accept(agreed).Move(Amount, from: agreed.Seller, to: agreed.Buyer).Emit(new GivenBack(Amount, Reason));
    }

    /// <summary>A stage ends by itself, or the Arbiter has not ruled in time.</summary>
    public readonly record struct Pass : IDue<Sale>, IExit
    {
        public Accepted<Sale> Decide(Sale agreed, Facts facts) => agreed.GoOn(facts);
    }

    public readonly record struct Offered(string Vin, Party Buyer, Amount Price, Amount Deposit) : IEvent;
    public readonly record struct Accepted(Amount Deposit) : IEvent;
    public readonly record struct CalledOff(Amount ToBuyer, Amount ToSeller) : IEvent;
    public readonly record struct Delivered(string Vin, Amount Price) : IEvent;
    public readonly record struct Returned(string Vin, Amount Price) : IEvent;
    public readonly record struct PaidOut(Amount ToSeller, Amount ToBuyer) : IEvent;
    public readonly record struct Contested(SaleStage Stage, Hash Claim) : IEvent;
    public readonly record struct Settled(SaleStage Stage, Amount ToBuyer, Amount Paid) : IEvent;
    public readonly record struct GivenBack(Amount Amount, Hash Reason) : IEvent;
    public readonly record struct Over(SaleStage Stage) : IEvent;

    public static readonly Contract<Sale> Contents = new Contract<Sale>(code: 13, version: 1, Codecs.Sale.State)
        .Opens(1, Codecs.Sale.Offer).Does(2, Codecs.Sale.Accept).Does(3, Codecs.Sale.StepBack).Does(4, Codecs.Sale.Complete).Does(5, Codecs.Sale.Return)
        .Does(6, Codecs.Sale.Contest).Does(7, Codecs.Sale.Drop).Does(8, Codecs.Sale.Rule).Corrects(9, Codecs.Sale.GiveBack).FallsDue(10, Codecs.Sale.Pass)
        .Tells(1, Codecs.Sale.Offered).Tells(2, Codecs.Sale.Accepted).Tells(3, Codecs.Sale.CalledOff).Tells(4, Codecs.Sale.Delivered).Tells(5, Codecs.Sale.Returned)
        .Tells(6, Codecs.Sale.PaidOut).Tells(7, Codecs.Sale.Contested).Tells(8, Codecs.Sale.Settled).Tells(9, Codecs.Sale.GivenBack).Tells(10, Codecs.Sale.Over)
        .Refuses(NotThreeParties, NotThisMoney, NotTheirsToSell, NoWarranty, NotNow, NoTitle, InDispute, NotInDispute, TooMuch);
}

/// <summary>How long each stage of a sale is, in days.</summary>
/// <param name="DaysToAccept">The offer stands so long.</param>
/// <param name="DaysToInspect">So long the Buyer may step back for nothing.</param>
/// <param name="DaysToComplete">Then so long both are bound.</param>
/// <param name="DaysToReturn">So long after delivery the Buyer may return the vehicle; 0: not at all, and the Seller is paid at delivery.</param>
/// <param name="DaysOfWarranty">So long the Seller answers for defects; 0: not at all.</param>
public readonly record struct SaleTerms(ushort DaysToAccept, ushort DaysToInspect, ushort DaysToComplete, ushort DaysToReturn, ushort DaysOfWarranty)
{
    /// <summary>From the offer to the end of the warranty, at most.</summary>
    public long InAll => DaysToAccept + DaysToInspect + DaysToComplete + DaysToReturn + DaysOfWarranty;
}

/// <summary>How far a sale is.</summary>
public enum SaleStage
{
    /// <summary>The Seller waits for the Buyer.</summary>
    Offer = 1,

    /// <summary>The deposit is held, and the Buyer may step back for nothing.</summary>
    Inspection = 2,

    /// <summary>The deposit is held, and whoever steps back loses it or gives it back.</summary>
    Binding = 3,

    /// <summary>The vehicle is the Buyer's, who may return it; the price is held.</summary>
    CoolingOff = 4,

    /// <summary>The price is the Seller's, who answers for defects.</summary>
    Warranty = 5,
}
