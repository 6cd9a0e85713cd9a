using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// A Driver buys or rents in the car what the Seller offers: a service, a feature that waits in the vehicle. The price is held while it can be tried, and all of it comes back then; of a rent what has not
/// been used comes back at any time.
/// </summary>
/// <param name="Seller">Who offers, and is paid.</param>
/// <param name="Driver">Who buys, and pays.</param>
/// <param name="Offers">What there is, and for how much.</param>
/// <param name="Money">What is paid with.</param>
public sealed record Features(Party Seller, Party Driver, Many<FeatureOffer> Offers, Unit Money)
{
    /// <summary>So many are tried or rented at once; each has one deadline, and an agreement may have 16.</summary>
    public const int PendingAtMost = 15;

    public static readonly Refusal<Features> NotTwoParties = new(1, "Seller and driver are two parties.");
    public static readonly Refusal<Features> NotThisMoney = new(2, "The money is not that of the offers, is nothing, or expires.");
    public static readonly Refusal<Features> NotOffers = new(3, "There are from 1 to 64 offers, each with its own number and a price in one money, tried no longer than rented.");
    public static readonly Refusal<Features> NoSuchOffer = new(4, "There is no such offer.");
    public static readonly Refusal<Features> HeldAlready = new(5, "The vehicle has that feature already.");
    public static readonly Refusal<Features> TooMany = new(6, "At most 15 features are tried or rented at once.");
    public static readonly Refusal<Features> NotHeld = new(7, "The vehicle does not have that feature, or it can no longer be given back.");
    public static readonly Refusal<Features> StillPending = new(8, "That has to wait until nothing is tried or rented.");
    public static readonly Refusal<Features> NotPaid = new(9, "No such feature was paid for, or it did not cost so much.");

    /// <summary>What vehicles have: a vehicle turns a feature on that it finds here, and off where it is gone.</summary>
    public static readonly Records<FeatureKey, Right> Rights = new(1);

    /// <summary>What is still tried or rented.</summary>
    public static readonly Records<FeatureKey, Pending> Open = new(2);

    /// <summary>What the Seller has had for a vehicle's feature.</summary>
    public static readonly Records<FeatureKey, Sale> Sales = new(3);

    public readonly record struct FeatureKey(Hash Vehicle, ushort Offer);
    public readonly record struct Right(Instant From, Instant? Until);
    public readonly record struct Pending(FeatureOffer Offer, Instant From, Instant Until);
    public readonly record struct Sale(Amount Paid);

    private FeatureOffer? Offer(ushort number)
    {
        foreach (var offer in Offers)
            if (offer.Number == number) return offer;
        return null;
    }

    // The deadline is over, or it is given back: so much is the Seller's, the rest goes back.
    private Accepted<Features> Settle(Facts facts, FeatureKey key, in Pending pending, Amount paid, bool keeps)
    {
        var before = facts.Find(Sales, key)?.Paid ?? Money.Of(0);
        var accepted = facts.Accept(this).Pay(paid, to: Seller).Pay(pending.Offer.Price - paid, to: Driver).Remove(Open, key).Cancel(new Pass(key.Vehicle, key.Offer))
            .Put(Sales, key, new Sale(before + paid)).Emit(new Settled(key.Vehicle, key.Offer, paid, pending.Offer.Price - paid, keeps));
        return keeps ? accepted : accepted.Remove(Rights, key);
    }

    /// <summary>Seller and Driver agree.</summary>
    /// <param name="Seller">Who offers.</param>
    /// <param name="Driver">Who buys.</param>
    /// <param name="Offers">What there is.</param>
    public sealed record Agree(Party Seller, Party Driver, Many<FeatureOffer> Offers) : IOpening<Features>
    {
        public Signers MustSign(Facts facts) => Signers.All(Seller, Driver);

        public Outcome<Features> Decide(Facts facts) =>
            Seller == Driver ? NotTwoParties
            : !FeatureOffer.AreOffers(Offers) ? NotOffers
            : !facts.CanBeHeld(Offers[0].Price.Unit) ? NotThisMoney
            : facts.Accept(new Features(Seller, Driver, Offers, Offers[0].Price.Unit)).Emit(new Agreed(Seller, Driver));
    }

    /// <summary>The Driver buys or rents, from the car; it is the vehicle's at once, and the price is held.</summary>
    /// <param name="Vehicle">Commitment to its identification number.</param>
    /// <param name="Number">Of the offer.</param>
    public readonly record struct Buy(Hash Vehicle, ushort Number) : IClause<Features>
    {
        public Signers MustSign(Features agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Features> Decide(Features agreed, Facts facts)
        {
            if (agreed.Offer(Number) is not { } offer) return NoSuchOffer;
            var key = new FeatureKey(Vehicle, Number);
            if (facts.Find(Rights, key) is not null) return HeldAlready;
            if (facts.Count(Open) >= PendingAtMost) return TooMany;
            var until = facts.Now.PlusDays(offer.Days > 0 ? offer.Days : offer.DaysToTry);
            return facts.Accept(agreed).Hold(offer.Price, from: agreed.Driver).Put(Rights, key, new Right(facts.Now, offer.Days > 0 ? until : null))
                .Put(Open, key, new Pending(offer, facts.Now, until)).Wake(new Pass(Vehicle, Number), at: until).Emit(new Bought(Vehicle, Number, offer.Price, offer.Days));
        }
    }

    /// <summary>The Driver gives it back: while it is tried for nothing, and of a rent for the days that have begun.</summary>
    /// <param name="Vehicle">Commitment to its identification number.</param>
    /// <param name="Number">Of the offer.</param>
    public readonly record struct Return(Hash Vehicle, ushort Number) : IClause<Features>, IExit
    {
        public Signers MustSign(Features agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Features> Decide(Features agreed, Facts facts)
        {
            var key = new FeatureKey(Vehicle, Number);
            return facts.Find(Open, key) is not { } pending ? NotHeld : agreed.Settle(facts, key, pending, pending.Offer.ForUse(facts.Now - pending.From), keeps: false);
        }
    }

    /// <summary>The time to try is over, or the rent.</summary>
    public readonly record struct Pass(Hash Vehicle, ushort Number) : IDue<Features>, IExit
    {
        public Accepted<Features> Decide(Features agreed, Facts facts)
        {
            var key = new FeatureKey(Vehicle, Number);
            return facts.Find(Open, key) is not { } pending ? facts.Accept(agreed) : agreed.Settle(facts, key, pending, pending.Offer.Price, keeps: pending.Offer.Days == 0);
        }
    }

    /// <summary>The Seller gives back what a feature should not have cost: a service that failed.</summary>
    /// <param name="Vehicle">Commitment to its identification number.</param>
    /// <param name="Number">Of the offer.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Hash Vehicle, ushort Number, Amount Amount, Hash Reason) : ICorrection<Features>, IExit
    {
        public Signers MustSign(Features agreed, Facts facts) => Signers.All(agreed.Seller);

        public Outcome<Features> Decide(Features agreed, Facts facts)
        {
            var key = new FeatureKey(Vehicle, Number);
            if (Amount.Unit != agreed.Money || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Sales, key) is not { } sale || Amount > sale.Paid) return NotPaid;
            return facts.Accept(agreed).Move(Amount, from: agreed.Seller, to: agreed.Driver).Put(Sales, key, new Sale(sale.Paid - Amount))
                .Emit(new GivenBack(Vehicle, Number, Amount, Reason));
        }
    }

    /// <summary>The Seller offers otherwise, for what is bought from now on.</summary>
    /// <param name="Offers">All of them.</param>
    public sealed record Revise(Many<FeatureOffer> Offers) : IClause<Features>
    {
        public Signers MustSign(Features agreed, Facts facts) => Signers.All(agreed.Seller);

        public Outcome<Features> Decide(Features agreed, Facts facts) =>
            !FeatureOffer.AreOffers(Offers) ? NotOffers
            : Offers[0].Price.Unit != agreed.Money ? NotThisMoney
            : facts.Accept(agreed with { Offers = Offers }).Emit(new Revised(Offers));
    }

    /// <summary>Either ends it while nothing is tried or rented. What was bought for good stays the vehicle's.</summary>
    public readonly record struct End : IClause<Features>, IExit
    {
        public Signers MustSign(Features agreed, Facts facts) => Signers.Any(agreed.Seller, agreed.Driver);

        public Outcome<Features> Decide(Features agreed, Facts facts) => facts.Count(Open) > 0 ? StillPending : facts.Accept(agreed).End();
    }

    public readonly record struct Agreed(Party Seller, Party Driver) : IEvent;
    public readonly record struct Bought(Hash Vehicle, ushort Number, Amount Held, ushort Days) : IEvent;
    public readonly record struct Settled(Hash Vehicle, ushort Number, Amount Paid, Amount Back, bool Keeps) : IEvent;
    public readonly record struct GivenBack(Hash Vehicle, ushort Number, Amount Amount, Hash Reason) : IEvent;
    public readonly record struct Revised(Many<FeatureOffer> Offers) : IEvent;

    public static readonly Contract<Features> Contents = new Contract<Features>(code: 19, version: 1, Codecs.Features.State)
        .Opens(1, Codecs.Features.Agree).Does(2, Codecs.Features.Buy).Does(3, Codecs.Features.Return).FallsDue(4, Codecs.Features.Pass).Corrects(5, Codecs.Features.GiveBack)
        .Does(6, Codecs.Features.Revise).Does(7, Codecs.Features.End)
        .Tells(1, Codecs.Features.Agreed).Tells(2, Codecs.Features.Bought).Tells(3, Codecs.Features.Settled).Tells(4, Codecs.Features.GivenBack).Tells(5, Codecs.Features.Revised)
        .Keeps(Rights, Codecs.Features.FeatureKey, Codecs.Features.Right).Keeps(Open, Codecs.Features.FeatureKey, Codecs.Features.Pending)
        .Keeps(Sales, Codecs.Features.FeatureKey, Codecs.Features.Sale)
        .Refuses(NotTwoParties, NotThisMoney, NotOffers, NoSuchOffer, HeldAlready, TooMany, NotHeld, StillPending, NotPaid);
}
