using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>Recalls: opened by the maker by range or batch, closed vehicle by vehicle by a garage.</summary>
public sealed class RecallsStories : ContractTests<Recalls>
{
    private const string First = "00000000000000000", Last = "ZZZZZZZZZZZZZ9999";

    private static readonly Hash Sheet = Paper("instructions"), Work = Paper("work"), Why = Paper("why");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void A_recall_reaches_the_vehicles_of_its_range_and_no_other() => Built()
        .When(new Recalls.CallBack("26V103000", "battery", Sheet, OtherVin, Vin, null), signedBy: [Works])
        .ThenEmitted(new Recalls.Recalled(OtherVin, 1), new Recalls.Recalled(Vin, 1), new Recalls.Complete(1, 2), new Recalls.Opened(1, new Recalls.Recall("26V103000", "battery", Sheet, OtherVin, Vin, null, Day(0))))
        .ThenKept(Recalls.Open, Iso3779.Key(Vin), Pending(1)).ThenKept(Recalls.Open, Iso3779.Key(Italian), null)
        .ThenState(new Recalls(Works, Register, 1, null))
        .When(new Recalls.CallBack("26V103001", "seats", Sheet, Vin, Last, null), signedBy: [Works])
        .ThenKept(Recalls.Open, Iso3779.Key(Vin), Pending(1, 2)).ThenKept(Recalls.Open, Iso3779.Key(OtherVin), Pending(1)).ThenKept(Recalls.Open, Iso3779.Key(Italian), Pending(2));

    [Fact]
    public void A_recall_of_a_batch_leaves_the_others_alone() => Built()
        .When(new Recalls.CallBack("26V103000", "battery", Sheet, First, Last, "autumn"), signedBy: [Works])
        .ThenKept(Recalls.Open, Iso3779.Key(Vin), null).ThenKept(Recalls.Open, Iso3779.Key(Italian), Pending(1));

    [Fact]
    public void A_large_recall_goes_page_by_page_and_says_so_until_it_is_done()
    {
        var story = Opened();
        for (var page = 0; page < 6; page++) story.World.Do(story.Agreement, new Recalls.Build(Many(page * 500, 500), "mass"), Works);
        story.When(new Recalls.CallBack("26V103000", "battery", Sheet, First, Last, null), signedBy: [Works]).ThenState(new Recalls(Works, Register, 1, new Spreading(1, Numbered(500), 500)))
            .When(new Recalls.CallBack("26V103001", "seats", Sheet, First, Last, null), signedBy: [Works]).ThenRefused(Recalls.StillSpreading)
            .When(new Recalls.Build(Many(5_000, 1), "mass"), signedBy: [Works]).ThenRefused(Recalls.StillSpreading)
            .Later(1).ThenState(new Recalls(Works, Register, 1, null))
            .ThenKept(Recalls.Open, Iso3779.Key(Numbered(499)), Pending(1)).ThenKept(Recalls.Open, Iso3779.Key(Numbered(500)), Pending(1)).ThenKept(Recalls.Open, Iso3779.Key(Numbered(2_999)), Pending(1));
    }

    [Fact]
    public void Only_what_was_built_is_recalled() => Built()
        .When(new Recalls.Build(new Many<string>(Vin), "spring"), signedBy: [Works]).ThenRefused(Recalls.BuiltAlready)
        .When(new Recalls.Build(new Many<string>("5TFEV54198X063405"), "spring"), signedBy: [Works]).ThenRefused(Recalls.NotAVin)
        .When(new Recalls.Build(default, "spring"), signedBy: [Works]).ThenRefused(Recalls.TooMany)
        .When(new Recalls.CallBack("1", "seats", Sheet, Vin, OtherVin, null), signedBy: [Works]).ThenRefused(Recalls.NotAVin)
        .When(new Recalls.CallBack("1", "seats", Sheet, First, "ZZ", null), signedBy: [Works]).ThenRefused(Recalls.NotAVin)
        .When(new Recalls.CallBack("1", "seats", Sheet, Vin, Vin, null), signedBy: [Works])
        .When(new Recalls.Extend(1, new Many<string>(Unknown)), signedBy: [Works]).ThenRefused(Recalls.NotBuilt)
        .When(new Recalls.Extend(2, new Many<string>(Vin)), signedBy: [Works]).ThenRefused(Recalls.NotOpen)
        .When(new Recalls.Extend(1, default), signedBy: [Works]).ThenRefused(Recalls.TooMany)
        .When(new Recalls.Extend(1, new Many<string>(Italian)), signedBy: [Works]).ThenEmitted(new Recalls.Recalled(Italian, 1)).ThenKept(Recalls.Open, Iso3779.Key(Italian), Pending(1));

    [Fact]
    public void A_garage_closes_a_recall_and_may_say_that_it_had_not() => CalledBack()
        .When(new Recalls.Remedy(1, Vin, Tester, Work), signedBy: [Tester]).ThenRefused(Recalls.NotAGarage)
        .When(new Recalls.Remedy(2, Vin, Shop, Work), signedBy: [Shop]).ThenRefused(Recalls.NotOpen)
        .When(new Recalls.Remedy(1, "Z", Shop, Work), signedBy: [Shop]).ThenRefused(Recalls.NotOpen)
        .When(new Recalls.Reopen(1, Vin, Why), signedBy: []).ThenRefused(Recalls.NotRemedied)
        .When(new Recalls.Remedy(1, Vin, Shop, Work), signedBy: [Shop]).ThenEmitted(new Recalls.Closed(Vin, 1, Shop, Work))
        .ThenKept(Recalls.Open, Iso3779.Key(Vin), null).ThenKept(Recalls.Remedies, Recalls.RemedyKey.Of(Iso3779.Key(Vin), 1), new Recalls.Remedied(Shop, Work, Day(0)))
        .When(new Recalls.Remedy(1, Vin, Shop, Work), signedBy: [Shop]).ThenRefused(Recalls.NotOpen)
        .When(new Recalls.Reopen(1, Vin, Why), signedBy: [Shop]).ThenEmitted(new Recalls.Reopened(Vin, 1, Why)).ThenKept(Recalls.Open, Iso3779.Key(Vin), Pending(1))
        .When(new Recalls.Reopen(1, Vin, Why), signedBy: []).ThenRefused(Recalls.NotRemedied);

    [Fact]
    public void The_maker_takes_out_what_a_recall_never_concerned() => CalledBack()
        .When(new Recalls.Except(1, Vin, Why), signedBy: [Works]).ThenEmitted(new Recalls.Excepted(Vin, 1, Why)).ThenKept(Recalls.Open, Iso3779.Key(Vin), null)
        .When(new Recalls.Except(1, Vin, Why), signedBy: [Works]).ThenRefused(Recalls.NotOpen);

    protected override World NewWorld() => BuiltWorld();

    protected override Story<Recalls> Opened() => Open(BuiltWorld(), new Recalls.Begin(Works, Register), [Works]);

    // Nothing is ever held here, and it does not end.
    protected override void Release(Story<Recalls> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var (vin, recall) = (Numbered(random.Next(9)), (uint)random.Next(1, 3));
        return clause == typeof(Recalls.Build) ? new Recalls.Build(Many(random.Next(9), random.Next(1, 3)), "mass")
            : clause == typeof(Recalls.CallBack) ? new Recalls.CallBack("1", "seats", Sheet, Numbered(random.Next(9)), Last, random.Next(2) == 0 ? null : "mass")
            : clause == typeof(Recalls.Remedy) ? new Recalls.Remedy(recall, vin, Shop, Work)
            : clause == typeof(Recalls.Reopen) ? new Recalls.Reopen(recall, vin, Why)
            : clause == typeof(Recalls.Except) ? new Recalls.Except(recall, vin, Why)
            : clause == typeof(Recalls.Extend) ? new Recalls.Extend(recall, new Many<string>(vin))
            : null;
    }

    private Story<Recalls> Built() => Opened()
        .When(new Recalls.Build(new Many<string>(Vin, OtherVin), "spring"), signedBy: [Works]).When(new Recalls.Build(new Many<string>(Italian), "autumn"), signedBy: [Works]);

    private Story<Recalls> CalledBack() => Built().When(new Recalls.CallBack("1", "seats", Sheet, Vin, Vin, null), signedBy: [Works]);

    private static Pending Pending(params uint[] recalls) => new(new Many<uint>(recalls));

    private static string Numbered(int number) => "ZACCJABT0FPB" + number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture);

    private static Many<string> Many(int from, int count) => new([.. Enumerable.Range(from, count).Select(Numbered)]);
}
