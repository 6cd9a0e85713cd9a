using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>
/// A Driver parks in the Operator's zones. The vehicle's own key begins a stay and ends it: what the time asked for costs is held, whoever leaves early has the rest back, and whoever stays
/// longer pays the penalty that the zone names.
/// </summary>
/// <param name="Operator">Whose zones they are, and who is paid.</param>
/// <param name="Driver">Who parks, and pays.</param>
/// <param name="Zones">Where, for how long and for how much.</param>
/// <param name="Stays">How many have begun.</param>
/// <param name="Arrears">What of penalties the Driver still owes.</param>
public sealed record Parking(Party Operator, Party Driver, Many<ParkingZone> Zones, uint Stays, Amount Arrears)
{
    /// <summary>So many vehicles at once; each has one deadline, and an agreement may have 16.</summary>
    public const int StaysAtMost = 15;

    public static readonly Refusal<Parking> NotTwoParties = new(1, "Operator and driver are two parties.");
    public static readonly Refusal<Parking> NotThisMoney = new(2, "The money is not the zones' own, is nothing, or expires.");
    public static readonly Refusal<Parking> NotZones = new(3, "There are from 1 to 64 zones, each with its own number, a price and a time, all in one money.");
    public static readonly Refusal<Parking> NoSuchZone = new(4, "There is no such zone.");
    public static readonly Refusal<Parking> ParkedAlready = new(5, "That vehicle is parked already.");
    public static readonly Refusal<Parking> TooManyStays = new(6, "At most 15 vehicles are parked at once.");
    public static readonly Refusal<Parking> NotSoLong = new(7, "A stay is of a minute at least, and of no more than the zone allows.");
    public static readonly Refusal<Parking> NotParked = new(8, "That vehicle is not parked.");
    public static readonly Refusal<Parking> InArrears = new(9, "What is owed of a penalty is paid before the next stay.");
    public static readonly Refusal<Parking> NotOwed = new(10, "So much is not owed.");
    public static readonly Refusal<Parking> NotPaid = new(11, "There was no such stay, or it did not cost so much.");

    /// <summary>The vehicles that are parked, each by a commitment to its number plate.</summary>
    public static readonly Records<Hash, Stay> Parked = new(1);

    /// <summary>What stays have cost.</summary>
    public static readonly Records<BillNumber, Bill> Bills = new(2);

    /// <summary>A stay that is not over. Its zone is as it was when it began, whatever was revised since.</summary>
    /// <param name="Number">Which of all stays.</param>
    /// <param name="Zone">Where.</param>
    /// <param name="From">Since when.</param>
    /// <param name="Until">Until when was asked for.</param>
    /// <param name="Held">What that costs.</param>
    public readonly record struct Stay(uint Number, ParkingZone Zone, Instant From, Instant Until, Amount Held);
    public readonly record struct BillNumber(uint Number);
    public readonly record struct Bill(Hash Vehicle, ushort Zone, Instant From, Instant Until, Amount Cost);

    private Unit Currency => Arrears.Unit;

    private Amount Nothing => Currency.Of(0);

    private ParkingZone? Zone(ushort number)
    {
        foreach (var zone in Zones)
            if (zone.Number == number) return zone;
        return null;
    }

    private static Accepted<Parking> Hold(Accepted<Parking> accepted, Party driver, Hash vehicle, Amount more, in Stay stay) =>
        accepted.Hold(more, from: driver).Put(Parked, vehicle, stay).Wake(new Overstay(vehicle), at: stay.Until.Plus(stay.Zone.MinutesOfGrace * 60L));

    /// <summary>Operator and Driver agree.</summary>
    /// <param name="Operator">Whose zones they are.</param>
    /// <param name="Driver">Who parks.</param>
    /// <param name="Zones">Where, for how long and for how much.</param>
    /// <param name="Penalties">The Driver's mandate for penalties.</param>
    public sealed record Agree(Party Operator, Party Driver, Many<ParkingZone> Zones, Mandate Penalties) : IOpening<Parking>
    {
        public Signers MustSign(Facts facts) => Signers.All(Operator, Driver);

        public Outcome<Parking> Decide(Facts facts)
        {
            if (Operator == Driver) return NotTwoParties;
            if (!ParkingZone.AreZones(Zones)) return NotZones;
            var money = Zones[0].PerStep.Unit;
            if (Penalties.InAll.Unit != money || !facts.CanBeHeld(money)) return NotThisMoney;
            return facts.Accept(new Parking(Operator, Driver, Zones, 0, money.Of(0))).Allow(Driver, Penalties).Emit(new Agreed(Operator, Driver));
        }
    }

    /// <summary>The Driver begins a stay, and what it costs is held.</summary>
    /// <param name="Vehicle">Commitment to its number plate.</param>
    /// <param name="Zone">The number on the sign.</param>
    /// <param name="Minutes">How long.</param>
    public readonly record struct Start(Hash Vehicle, ushort Zone, ushort Minutes) : IClause<Parking>
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts)
        {
            if (!agreed.Arrears.IsZero) return InArrears;
            if (agreed.Zone(Zone) is not { } zone) return NoSuchZone;
            if (facts.Find(Parked, Vehicle) is not null) return ParkedAlready;
            if (facts.Count(Parked) >= StaysAtMost) return TooManyStays;
            if (Minutes == 0 || Minutes > zone.MinutesAtMost) return NotSoLong;
            var stay = new Stay(agreed.Stays + 1, zone, facts.Now, facts.Now.Plus(Minutes * 60L), zone.For(Minutes * 60L));
            return Hold(facts.Accept(agreed with { Stays = stay.Number }), agreed.Driver, Vehicle, stay.Held, stay).Emit(new Started(Vehicle, Zone, stay.Until, stay.Held));
        }
    }

    /// <summary>The Driver stays longer than was asked for at first. The price is that of one stay, not of two.</summary>
    /// <param name="Vehicle">Commitment to its number plate.</param>
    /// <param name="Minutes">How much longer.</param>
    public readonly record struct Extend(Hash Vehicle, ushort Minutes) : IClause<Parking>
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts)
        {
            if (facts.Find(Parked, Vehicle) is not { } stay) return NotParked;
            var until = stay.Until.Plus(Minutes * 60L);
            if (Minutes == 0 || until - stay.From > stay.Zone.MinutesAtMost * 60L) return NotSoLong;
            var cost = stay.Zone.For(until - stay.From);
            return Hold(facts.Accept(agreed), agreed.Driver, Vehicle, cost - stay.Held, stay with { Until = until, Held = cost }).Emit(new Extended(Vehicle, until, cost));
        }
    }

    /// <summary>The Driver leaves: the time that has begun is paid, and the rest goes back. Within the grace nothing is paid besides.</summary>
    /// <param name="Vehicle">Commitment to its number plate.</param>
    public readonly record struct Stop(Hash Vehicle) : IClause<Parking>, IExit
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts)
        {
            if (facts.Find(Parked, Vehicle) is not { } stay) return NotParked;
            var cost = stay.Zone.For(facts.Now - stay.From).OrAtMost(stay.Held);
            var left = stay.Held - cost;
            return facts.Accept(agreed).Pay(cost, to: agreed.Operator).Pay(left, to: agreed.Driver).Cancel(new Overstay(Vehicle)).Remove(Parked, Vehicle)
                .Put(Bills, new BillNumber(stay.Number), new Bill(Vehicle, stay.Zone.Number, stay.From, facts.Now, cost)).Emit(new Stopped(stay.Number, Vehicle, cost, left));
        }
    }

    /// <summary>The time asked for is over, the grace too, and nobody has left: that time is paid, and the penalty as far as the Driver's mandate and account go.</summary>
    /// <param name="Vehicle">Commitment to its number plate.</param>
    public readonly record struct Overstay(Hash Vehicle) : IDue<Parking>, IExit
    {
        public Accepted<Parking> Decide(Parking agreed, Facts facts)
        {
            if (facts.Find(Parked, Vehicle) is not { } stay) return facts.Accept(agreed);
            var penalty = stay.Zone.Penalty;
            var paid = facts.UnderMandate(penalty, agreed.Driver);
            return facts.Accept(agreed with { Arrears = agreed.Arrears + penalty - paid })
                .Pay(stay.Held, to: agreed.Operator).Move(paid, from: agreed.Driver, to: agreed.Operator).Remove(Parked, Vehicle)
                .Put(Bills, new BillNumber(stay.Number), new Bill(Vehicle, stay.Zone.Number, stay.From, facts.Now, stay.Held + penalty))
                .Emit(new Overstayed(stay.Number, Vehicle, stay.Held, penalty, penalty - paid));
        }
    }

    /// <summary>The Driver pays what is owed of penalties, or part of it.</summary>
    /// <param name="Amount">How much.</param>
    public readonly record struct Pay(Amount Amount) : IClause<Parking>, IExit
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts) =>
            Amount.Unit != agreed.Currency || Amount.Minor <= 0 ? NotThisMoney
            : Amount > agreed.Arrears ? NotOwed
            : facts.Accept(agreed with { Arrears = agreed.Arrears - Amount }).Move(Amount, from: agreed.Driver, to: agreed.Operator).Emit(new PaidUp(Amount));
    }

    /// <summary>The Operator gives back what a stay should not have cost: who left in time and only forgot to say so. It comes off what is owed first.</summary>
    /// <param name="Number">Of the stay.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct GiveBack(uint Number, Amount Amount, Hash Reason) : ICorrection<Parking>, IExit
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<Parking> Decide(Parking agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Bills, new BillNumber(Number)) is not { } bill || Amount > bill.Cost) return NotPaid;
            var waived = Amount.OrAtMost(agreed.Arrears);
            return facts.Accept(waived.IsZero ? agreed : agreed with { Arrears = agreed.Arrears - waived }).Move(Amount - waived, from: agreed.Operator, to: agreed.Driver)
                .Put(Bills, new BillNumber(Number), bill with { Cost = bill.Cost - Amount }).Emit(new GivenBack(Number, Amount - waived, waived, Reason));
        }
    }

    /// <summary>Both agree on other zones or prices, for the stays that begin from now on.</summary>
    /// <param name="Zones">All of them.</param>
    public sealed record Revise(Many<ParkingZone> Zones) : IClause<Parking>
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Operator, agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts) =>
            !ParkingZone.AreZones(Zones) ? NotZones
            : Zones[0].PerStep.Unit != agreed.Currency ? NotThisMoney
            : facts.Accept(agreed with { Zones = Zones }).Emit(new Revised(Zones));
    }

    /// <summary>The Driver replaces the mandate for penalties by a new one.</summary>
    /// <param name="Penalties">What takes the place of the one before.</param>
    public readonly record struct Renew(Mandate Penalties) : IClause<Parking>
    {
        public Signers MustSign(Parking agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Parking> Decide(Parking agreed, Facts facts) =>
            Penalties.InAll.Unit != agreed.Currency ? NotThisMoney : facts.Accept(agreed).Allow(agreed.Driver, Penalties).Emit(new Renewed(Penalties));
    }

    /// <summary>Either ends it while nothing is parked. While a penalty is owed only the Operator does, who then forgoes it.</summary>
    public readonly record struct End : IClause<Parking>, IExit
    {
        public Signers MustSign(Parking agreed, Facts facts) => agreed.Arrears.IsZero ? Signers.Any(agreed.Operator, agreed.Driver) : Signers.All(agreed.Operator);

        public Outcome<Parking> Decide(Parking agreed, Facts facts) =>
            facts.Count(Parked) > 0 ? ParkedAlready : facts.Accept(agreed with { Arrears = agreed.Nothing }).Emit(new Ended(agreed.Arrears)).End();
    }

    public readonly record struct Agreed(Party Operator, Party Driver) : IEvent;
    public readonly record struct Started(Hash Vehicle, ushort Zone, Instant Until, Amount Held) : IEvent;
    public readonly record struct Extended(Hash Vehicle, Instant Until, Amount Held) : IEvent;
    public readonly record struct Stopped(uint Number, Hash Vehicle, Amount Cost, Amount GivenBack) : IEvent;
    public readonly record struct Overstayed(uint Number, Hash Vehicle, Amount Cost, Amount Penalty, Amount Owed) : IEvent;
    public readonly record struct PaidUp(Amount Amount) : IEvent;
    public readonly record struct GivenBack(uint Number, Amount Paid, Amount Waived, Hash Reason) : IEvent;
    public readonly record struct Revised(Many<ParkingZone> Zones) : IEvent;
    public readonly record struct Renewed(Mandate Penalties) : IEvent;
    public readonly record struct Ended(Amount Forgone) : IEvent;

    public static readonly Contract<Parking> Contents = new Contract<Parking>(code: 14, version: 1, Codecs.Parking.State)
        .Opens(1, Codecs.Parking.Agree).Does(2, Codecs.Parking.Start).Does(3, Codecs.Parking.Extend).Does(4, Codecs.Parking.Stop).FallsDue(5, Codecs.Parking.Overstay)
        .Does(6, Codecs.Parking.Pay).Corrects(7, Codecs.Parking.GiveBack).Does(8, Codecs.Parking.Revise).Does(9, Codecs.Parking.Renew).Does(10, Codecs.Parking.End)
        .Tells(1, Codecs.Parking.Agreed).Tells(2, Codecs.Parking.Started).Tells(3, Codecs.Parking.Extended).Tells(4, Codecs.Parking.Stopped).Tells(5, Codecs.Parking.Overstayed)
        .Tells(6, Codecs.Parking.PaidUp).Tells(7, Codecs.Parking.GivenBack).Tells(8, Codecs.Parking.Revised).Tells(9, Codecs.Parking.Renewed).Tells(10, Codecs.Parking.Ended)
        .Keeps(Parked, Codecs.Parking.Stay).Keeps(Bills, Codecs.Parking.BillNumberKey, Codecs.Parking.Bill)
        .Refuses(NotTwoParties, NotThisMoney, NotZones, NoSuchZone, ParkedAlready, TooManyStays, NotSoLong, NotParked, InArrears, NotOwed, NotPaid);
}
