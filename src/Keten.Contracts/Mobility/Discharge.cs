using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// The Owner's vehicle gives energy to a house or to the grid. What the export register signs is priced by the interval under a published tariff and paid by the Buyer, and the wear of the battery
/// besides; below the floor that the Owner sets, by the vehicle's own signed state of charge, nothing is sold.
/// </summary>
/// <param name="Buyer">Who takes the energy, and pays: a household, the operator of a grid.</param>
/// <param name="Owner">Whose vehicle it is, and who is paid.</param>
/// <param name="Meter">Whose register counts what is given out.</param>
/// <param name="Vehicle">Who states how full the battery is.</param>
/// <param name="Prices">What a kWh costs, and when.</param>
/// <param name="Wear">What is paid besides for each kWh.</param>
/// <param name="Floor">Below so many thousandths of its capacity the vehicle does not go.</param>
/// <param name="Last">What the register showed last, and when.</param>
/// <param name="Owed">What the Buyer still owes.</param>
public sealed record Discharge(
    Party Buyer, Party Owner, Party Meter, Party Vehicle, Agreement<Tariff> Prices, Amount Wear, ushort Floor, Discharge.Shown? Last, Amount Owed)
{
    /// <summary>A meter's clock may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    /// <summary>So many seconds may lie between the end of a reading and the state of charge that goes with it.</summary>
    public const int SecondsApart = 300;

    /// <summary>A battery that is full, in thousandths.</summary>
    public const ushort Full = 1_000;

    public static readonly Refusal<Discharge> NotTwoParties = new(1, "Buyer and owner are two parties.");
    public static readonly Refusal<Discharge> NotThisMoney = new(2, "The money is not the tariff's currency, or is nothing.");
    public static readonly Refusal<Discharge> NotAFloor = new(3, "A floor is from 0 to 1,000 thousandths.");
    public static readonly Refusal<Discharge> NotTheMeter = new(4, "The reading is not signed by the agreed meter, or is for another agreement.");
    public static readonly Refusal<Discharge> NotTheVehicle = new(5, "The state of charge is not signed by the agreed vehicle, is for another agreement, or is not of the reading's end.");
    public static readonly Refusal<Discharge> SoldAlready = new(6, "That meter document has been sold already.");
    public static readonly Refusal<Discharge> NoReading = new(7, "The reading has no points.");
    public static readonly Refusal<Discharge> RunsBack = new(8, "A time or a register runs back within the reading, or behind the last one.");
    public static readonly Refusal<Discharge> AheadOfTime = new(9, "The reading ends later than it is.");
    public static readonly Refusal<Discharge> BelowFloor = new(10, "The vehicle went below the floor: that is not sold.");
    public static readonly Refusal<Discharge> NoTariffThen = new(11, "No terms of the tariff were in force when the reading began.");
    public static readonly Refusal<Discharge> CannotBePriced = new(12, "The reading is not in the tariff's unit, lacks what a price depends on, or is longer or larger than can be priced.");
    public static readonly Refusal<Discharge> NotOwed = new(13, "So much is not owed.");
    public static readonly Refusal<Discharge> NotSold = new(14, "There was no such sale, or it did not bring so much.");

    /// <summary>What has been sold, by the commitment of the signed meter document.</summary>
    public static readonly Records<Hash, Sold> Sales = new(1);

    public readonly record struct Shown(Instant At, Amount Register);
    public readonly record struct Sold(Instant From, Instant Until, Amount Energy, Amount Price, Amount Wear);

    /// <summary>What the export register signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="Document">Commitment to the signed meter document.</param>
    /// <param name="Points">The register's readings in order.</param>
    public sealed record Export(Agreement<Discharge> For, Hash Document, Many<MeterPoint> Points);

    /// <summary>What the vehicle signs.</summary>
    /// <param name="For">The agreement that it is for.</param>
    /// <param name="At">When.</param>
    /// <param name="Thousandths">How full the battery is.</param>
    public readonly record struct ChargeState(Agreement<Discharge> For, Instant At, ushort Thousandths);

    private Unit Currency => Owed.Unit;

    /// <summary>Buyer and Owner agree.</summary>
    /// <param name="Buyer">Who takes the energy, and pays.</param>
    /// <param name="Owner">Whose vehicle it is, and who is paid.</param>
    /// <param name="Meter">Whose register counts.</param>
    /// <param name="Vehicle">Who states how full the battery is.</param>
    /// <param name="Prices">What a kWh costs, and when.</param>
    /// <param name="Wear">What is paid besides for each kWh; may be nothing.</param>
    /// <param name="Floor">Below so many thousandths the vehicle does not go.</param>
    /// <param name="Payments">The Buyer's mandate.</param>
    public sealed record Agree(Party Buyer, Party Owner, Party Meter, Party Vehicle, Agreement<Tariff> Prices, Amount Wear, ushort Floor, Mandate Payments) : IOpening<Discharge>
    {
        public Signers MustSign(Facts facts) => Signers.All(Buyer, Owner);

        public Outcome<Discharge> Decide(Facts facts)
        {
            if (Buyer == Owner) return NotTwoParties;
            var currency = facts.Of(Prices).State.Terms.Currency;
            if (!Wear.IsPrice(currency) || Payments.InAll.Unit != currency) return NotThisMoney;
            if (Floor > Full) return NotAFloor;
            return facts.Accept(new Discharge(Buyer, Owner, Meter, Vehicle, Prices, Wear, Floor, null, currency.Of(0))).Allow(Buyer, Payments).Emit(new Agreed(Buyer, Owner, Prices));
        }
    }

    /// <summary>What the register signed is priced and paid, as far as the Buyer's mandate and account go. Anybody may hand it in: the signatures of meter and vehicle are proof enough.</summary>
    /// <param name="Export">Signed by the meter.</param>
    /// <param name="ChargeState">Signed by the vehicle, at the reading's end.</param>
    public readonly record struct Sell(Signed<Export> Export, Signed<ChargeState> ChargeState) : IClause<Discharge>
    {
        public Signers MustSign(Discharge agreed, Facts facts) => Signers.Anyone;

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts)
        {
            var (meter, (agreement, document, points)) = Export;
            if (meter != agreed.Meter || agreement != facts.Self<Discharge>()) return NotTheMeter;
            if (facts.Find(Sales, document) is not null) return SoldAlready;
            if (points.Count == 0) return NoReading;
            var (first, last) = (points[0], points[^1]);
            if (first.At < agreed.Last?.At || first.Register.Minor < agreed.Last?.Register.Minor) return RunsBack;
            if (last.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
            var (vehicle, (of, at, thousandths)) = ChargeState;
            if (vehicle != agreed.Vehicle || of != agreement || Math.Abs(at - last.At) > SecondsApart) return NotTheVehicle;
            if (thousandths < agreed.Floor) return BelowFloor;
            if (facts.Of(agreed.Prices).At(first.At) is not { } terms) return NoTariffThen;
            var (outcome, priced) = TariffPricing.Price(terms, points.AsSpan());
            if (priced is null) return Because(outcome);

            var wear = agreed.Wear.Times(priced.Energy.Minor, 1_000, Rounding.HalfEven);
            var due = priced.InclVat + wear;
            var paid = facts.UnderMandate(due, agreed.Buyer);
            return facts.Accept(agreed with { Last = new Shown(last.At, last.Register), Owed = agreed.Owed + due - paid }).Move(paid, from: agreed.Buyer, to: agreed.Owner)
                .Put(Sales, document, new Sold(first.At, last.At, priced.Energy, priced.InclVat, wear))
                .Emit(new Delivered(document, first.At, last.At, priced.Energy, priced.InclVat, wear, paid, thousandths));
        }

        private static Refusal<Discharge> Because(PricingOutcome outcome) => outcome switch
        {
            PricingOutcome.TimeRunsBack or PricingOutcome.RegisterRunsBack => RunsBack,
            PricingOutcome.NotValidThen => NoTariffThen,
            _ => CannotBePriced,
        };
    }

    /// <summary>The Buyer pays what is owed, or part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Discharge>, IExit
    {
        public Signers MustSign(Discharge agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Owed ? NotOwed
            : facts.Accept(agreed with { Owed = agreed.Owed - Amount }).Move(Amount, from: agreed.Buyer, to: agreed.Owner).Emit(new PaidUp(Amount));
    }

    /// <summary>The Owner gives back what a sale should not have brought. It comes off what is owed first.</summary>
    /// <param name="Document">Of the sale.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(Hash Document, Amount Amount, Hash Reason) : ICorrection<Discharge>, IExit
    {
        public Signers MustSign(Discharge agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Sales, Document) is not { } sold || Amount > sold.Price + sold.Wear) return NotSold;
            var waived = Amount.OrAtMost(agreed.Owed);
            var ofPrice = Amount.OrAtMost(sold.Price);
            return facts.Accept(waived.IsZero ? agreed : agreed with { Owed = agreed.Owed - waived }).Move(Amount - waived, from: agreed.Owner, to: agreed.Buyer)
                .Put(Sales, Document, sold with { Price = sold.Price - ofPrice, Wear = sold.Wear - (Amount - ofPrice) }).Emit(new GivenBack(Document, Amount - waived, waived, Reason));
        }
    }

    /// <summary>The Owner sets another floor, from now on.</summary>
    /// <param name="Floor">In thousandths of the battery's capacity.</param>
    public readonly record struct SetFloor(ushort Floor) : IClause<Discharge>
    {
        public Signers MustSign(Discharge agreed, Facts facts) => Signers.All(agreed.Owner);

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts) =>
            Floor > Full ? NotAFloor : facts.Accept(agreed with { Floor = Floor }).Emit(new FloorSet(Floor));
    }

    /// <summary>The Buyer replaces the mandate by a new one.</summary>
    /// <param name="Payments">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Payments) : IClause<Discharge>
    {
        public Signers MustSign(Discharge agreed, Facts facts) => Signers.All(agreed.Buyer);

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts) =>
            Payments.InAll.Unit != agreed.Currency ? NotThisMoney : facts.Accept(agreed).Allow(agreed.Buyer, Payments).Emit(new Renewed(Payments));
    }

    /// <summary>Either ends it. While something is owed only the Owner does, who then forgoes it.</summary>
    public readonly record struct End : IClause<Discharge>, IExit
    {
        public Signers MustSign(Discharge agreed, Facts facts) => agreed.Owed.IsZero ? Signers.Any(agreed.Buyer, agreed.Owner) : Signers.All(agreed.Owner);

        public Outcome<Discharge> Decide(Discharge agreed, Facts facts) =>
            facts.Accept(agreed with { Owed = agreed.Currency.Of(0) }).Emit(new Ended(agreed.Owed)).End();
    }

    public readonly record struct Agreed(Party Buyer, Party Owner, Agreement<Tariff> Prices) : IEvent;
    public readonly record struct Delivered(Hash Document, Instant From, Instant Until, Amount Energy, Amount Price, Amount Wear, Amount Paid, ushort Thousandths) : IEvent;
    public readonly record struct PaidUp(Amount Amount) : IEvent;
    public readonly record struct GivenBack(Hash Document, Amount Paid, Amount Waived, Hash Reason) : IEvent;
    public readonly record struct FloorSet(ushort Floor) : IEvent;
    public readonly record struct Renewed(Mandate Payments) : IEvent;
    public readonly record struct Ended(Amount Forgone) : IEvent;

    public static readonly Contract<Discharge> Contents = new Contract<Discharge>(code: 16, version: 1, Codecs.Discharge.State)
        .Opens(1, Codecs.Discharge.Agree).Does(2, Codecs.Discharge.Sell).Does(3, Codecs.Discharge.Pay).Corrects(4, Codecs.Discharge.GiveBack).Does(5, Codecs.Discharge.SetFloor)
        .Does(6, Codecs.Discharge.Renew).Does(7, Codecs.Discharge.End)
        .Tells(1, Codecs.Discharge.Agreed).Tells(2, Codecs.Discharge.Delivered).Tells(3, Codecs.Discharge.PaidUp).Tells(4, Codecs.Discharge.GivenBack)
        .Tells(5, Codecs.Discharge.FloorSet).Tells(6, Codecs.Discharge.Renewed).Tells(7, Codecs.Discharge.Ended)
        .Keeps(Sales, Codecs.Discharge.Sold)
        .Refuses(NotTwoParties, NotThisMoney, NotAFloor, NotTheMeter, NotTheVehicle, SoldAlready, NoReading, RunsBack, AheadOfTime, BelowFloor, NoTariffThen, CannotBePriced)
        .Refuses(NotOwed, NotSold);
}
