using Keten.Contracts.Mobility;
using Keten.Kernel;
using Keten.Testing;
using Keten.Tests.Contracts.Mobility;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

/// <summary>The pages about a vehicle's wallet.</summary>
public sealed partial class Documentation
{
    [Fact]
    public void The_worked_stays_come_out_as_the_page_says()
    {
        var (plate, zone) = (Paper("plate"), new ParkingZone(17, Cents(2), 1, Cents(300), 240, 10, Cents(2_500)));
        var story = Story<Parking>.Open(NewWorld(), new Parking.Agree(Grid, Ada, new(zone), UpTo(5_000, 50_000)), [Grid, Ada]);
        Follow(story, "parking", Ada, Grid, held: null,
            _ => { },
            told => told.When(new Parking.Start(plate, 17, 60), signedBy: [Ada]),
            told => told.Later(0, 24 * 60 + 1).When(new Parking.Stop(plate), signedBy: [Ada]),
            told => told.When(new Parking.Start(plate, 17, 60), signedBy: [Ada]),
            told => told.Later(0, 70 * 60),
            told => told.When(new Parking.GiveBack(2, Cents(2_500), Paper("forgot")), signedBy: [Grid]));
    }

    [Fact]
    public void The_worked_days_of_toll_come_out_as_the_page_says()
    {
        var world = NewWorld();
        var (first, plate) = (Paper("first"), Paper("plate"));
        var story = Story<RoadToll>.Open(
            world, new RoadToll.Agree(Grid, Ada, Judge, new(new TollClass(1, Cents(50), Cents(800))), new Many<Party>(Box), UpTo(5_000, 50_000), UpTo(5_000, 50_000)), [Grid, Ada]);
        Follow(story, "road-toll", Ada, Grid, () => story.State.Due.Minor,
            told => told.When(Pass(first, 25_000, 0)).When(Pass(Paper("second"), 40_000, 600)),
            told => told.At(Day(1)),
            told => told.When(Pass(Paper("third"), 25_000, 86_400)),
            told => told.When(new RoadToll.Contest(first, Paper("not mine")), signedBy: [Ada]),
            told => told.At(Day(2)),
            told => told.When(new RoadToll.Answer(first, Paper("picture")), signedBy: [Grid]).When(new RoadToll.Rule(first, true), signedBy: [Judge]),
            told => told.At(Day(3)));

        RoadToll.Pass Pass(Hash record, uint metres, int after) => new(world.Signed(new RoadToll.Passing(story.Agreement, record, plate, 1, metres, Day(0).Plus(after)), Box));
    }

    [Fact]
    public void The_worked_evening_of_discharge_comes_out_as_the_page_says()
    {
        var sold = Paper("evening");
        var story = Story<Discharge>.Open(DischargeStories.Evening(), DischargeStories.Agree(), [Grid, Ada]).At(Day(0, 18));
        Follow(story, "discharge", Ada, Grid, () => story.State.Owed.Minor,
            _ => { },
            told => told.When(DischargeStories.Sell(sold, (16, 0), (17, 2_000), (18, 6_000))),
            told => told.When(new Discharge.GiveBack(sold, Cents(60), Paper("register")), signedBy: [Ada]));
    }

    [Fact]
    public void The_worked_use_of_a_shared_vehicle_comes_out_as_the_page_says()
    {
        var back = Day(0, 1).Plus(2_400);
        var story = Story<Sharing>.Open(NewWorld(), SharingStories.Book(), [Grid, Ada]);
        Follow(story, "sharing", Ada, Grid, held: null,
            _ => { },
            told => told.At(Day(0, 1)).When(new Sharing.Unlock(SharingStories.Shown(Day(0, 1), 100_000)), signedBy: [Ada]).At(back)
                .When(new Sharing.Return(SharingStories.Shown(back, 112_345))),
            told => told.When(new Sharing.Claim(Cents(1_500), new(Paper("scratch")), Paper("report")), signedBy: [Grid]).When(new Sharing.Accept(), signedBy: [Ada]));
    }

    [Fact]
    public void The_worked_ride_comes_out_as_the_page_says()
    {
        var ride = RidesStories.Ride();
        var story = Story<Rides>.Open(NewWorld(), RidesStories.Begin(), [Grid]).When(new Rides.Admit(Box), signedBy: [Grid]);
        Follow(story, "rides", Ada, Box, () => story.World.State.Balance(Grid.Party, Euro),
            _ => { },
            told => told.When(RidesStories.Pay(ride), signedBy: [Ada]),
            told => told.When(new Rides.GiveBack(ride.Record, Cents(18), Paper("why")), signedBy: [Box]));
    }

    [Fact]
    public void The_worked_rent_of_a_feature_comes_out_as_the_page_says()
    {
        var car = Paper("vin");
        var story = Story<Features>.Open(NewWorld(), new Features.Agree(Grid, Ada, new(new FeatureOffer(2, Cents(3_000), 30, 2))), [Grid, Ada]);
        Follow(story, "features", Ada, Grid, held: null,
            told => told.When(new Features.Buy(car, 2), signedBy: [Ada]),
            told => told.At(Day(9, 12)).When(new Features.Return(car, 2), signedBy: [Ada]));
    }

    // A step for each row of the page's table: what the two have, and what is held, or what else stands in the third column.
    private static void Follow<T>(Story<T> story, string page, Actor first, Actor second, Func<long>? held, params ReadOnlySpan<Action<Story<T>>> steps) where T : class
    {
        var rows = Rows($"docs/contracts/{page}.md").ToArray();
        Assert.Equal(steps.Length, rows.Length);
        for (var each = 0; each < steps.Length; each++)
        {
            steps[each](story);
            story.ThenBalance(first, Cents(rows[each].Customer)).ThenBalance(second, Cents(rows[each].Provider));
            if (held is null) story.ThenHeld(Cents(rows[each].Held));
            else Assert.Equal(rows[each].Held, held());
        }
    }
}
