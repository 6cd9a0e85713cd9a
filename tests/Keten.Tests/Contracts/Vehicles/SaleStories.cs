using Keten.Client;
using Keten.Contracts.Financing;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>A sale: offer, inspection, deposit, money against title, return, warranty and dispute. Ada sells to Bob for 80.00, of which 10.00 is the deposit.</summary>
public sealed class SaleStories : ContractTests<Sale>
{
    private static readonly SaleTerms Terms = new(7, 3, 14, 14, 90), Plain = new(7, 3, 14, 0, 0);

    private static readonly Hash Claim = Paper("claim"), Note = Paper("note");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void Only_a_keeper_sells()
    {
        Refused(Offer() with { Vin = OtherVin }, Sale.NotTheirsToSell);
        Refused(Offer() with { Vin = "" }, Sale.NotTheirsToSell);
        Open(KeptWorld(), Offer() with { Seller = Grid }, [Grid]).ThenRefused(Sale.NotTheirsToSell);
        Open(KeptWorld().Do(Register, new Registration.ReportStolen(Vin), Ada), Offer(), [Ada]).ThenRefused(Sale.NotTheirsToSell);
    }

    [Fact]
    public void An_offer_is_in_money_among_three()
    {
        Refused(Offer() with { Arbiter = Bob }, Sale.NotThreeParties);
        Refused(Offer() with { Price = Cents(0), Deposit = Cents(0) }, Sale.NotThisMoney);
        Refused(Offer() with { Deposit = Cents(8_001) }, Sale.NotThisMoney);
        Refused(Offer() with { Deposit = Cents(-1) }, Sale.NotThisMoney);
        Refused(Offer() with { Deposit = new Unit(9).Of(1) }, Sale.NotThisMoney);
        Refused(Offer() with { Price = new Unit(9).Of(8_000), Deposit = new Unit(9).Of(1), Warranty = null, Terms = Plain }, Sale.NotThisMoney);
    }

    [Fact]
    public void A_warranty_and_its_mandate_go_together()
    {
        Refused(Offer() with { Warranty = null }, Sale.NoWarranty);
        Refused(Offer() with { Terms = Plain }, Sale.NoWarranty);
        Refused(Offer() with { Warranty = UpTo(8_000, 8_000, days: 157) }, Sale.NoWarranty);
        Open(KeptWorld(), Offer() with { Warranty = UpTo(8_000, 8_000, days: 158) }, [Ada]).ThenEmitted(new Sale.Offered(Vin, Bob, Cents(8_000), Cents(1_000)));
    }

    [Fact]
    public void An_offer_that_nobody_takes_is_over() => Opened().Later(8).ThenEmitted(new Sale.Over(SaleStage.Offer)).ThenEnded();

    [Fact]
    public void The_seller_takes_an_offer_back() => Opened()
        .When(new Sale.StepBack(Ada), signedBy: [Ada]).ThenEmitted(new Sale.CalledOff(Cents(0), Cents(0))).ThenEnded();

    [Fact]
    public void The_deposit_is_held_while_the_buyer_inspects() => Opened()
        .When(new Sale.Accept(), signedBy: [Bob]).ThenEmitted(new Sale.Accepted(Cents(1_000))).ThenHeld(Cents(1_000)).ThenBalance(Bob, Cents(9_000))
        .When(new Sale.Accept(), signedBy: [Bob]).ThenRefused(Sale.NotNow)
        .When(new Sale.Contest(Claim), signedBy: [Bob]).ThenRefused(Sale.NotNow)
        .When(new Sale.StepBack(Bob), signedBy: [Bob]).ThenEmitted(new Sale.CalledOff(Cents(1_000), Cents(0))).ThenBalance(Bob, Cents(10_000)).ThenEnded();

    [Fact]
    public void What_was_stolen_meanwhile_cannot_be_taken() => Opened().Meanwhile(world => world.Do(Register, new Registration.ReportStolen(Vin), Ada))
        .When(new Sale.Accept(), signedBy: [Bob]).ThenRefused(Sale.NotTheirsToSell);

    [Fact]
    public void After_the_time_to_inspect_whoever_steps_back_loses_the_deposit_or_gives_it_back()
    {
        Bound().When(new Sale.StepBack(Bob), signedBy: [Bob]).ThenBalance(Ada, Cents(11_000)).ThenBalance(Bob, Cents(9_000)).ThenEnded();
        Bound().When(new Sale.StepBack(Ada), signedBy: [Ada]).ThenBalance(Ada, Cents(10_000)).ThenBalance(Bob, Cents(10_000)).ThenEnded();
        Bound().When(new Sale.StepBack(Eve), signedBy: [Ada]).ThenBalance(Bob, Cents(10_000));
    }

    [Fact]
    public void A_buyer_who_does_not_complete_loses_the_deposit_unless_the_seller_cannot_deliver()
    {
        Bound().Later(15).ThenEmitted(new Sale.CalledOff(Cents(0), Cents(1_000))).ThenBalance(Ada, Cents(11_000)).ThenEnded();
        var plan = new Plan(Cents(5_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 3, Cents(0), null);
        var terms = new LoanTerms(14, new ArrearsTerms(new Rate(60_000), 10, Cents(0), 30), new Rate(0), new Rate(0));
        Bound().Meanwhile(world => world.Do(Register, new Registration.Retain(Vin, world.Open(new Loan.Agree(Grid, Ada, Ada, plan, terms, new Security(Register, Vin), 0, UpTo(9_000, 9_000)), Grid, Ada)), Ada))
            .Later(15).ThenEmitted(new Sale.CalledOff(Cents(1_000), Cents(0)));
        Bound().Meanwhile(world => world.Do(Register, new Registration.ReportStolen(Vin), Ada)).Later(15).ThenEmitted(new Sale.CalledOff(Cents(1_000), Cents(0))).ThenBalance(Bob, Cents(10_000));
    }

    [Fact]
    public void Money_goes_against_title_and_is_kept_while_the_buyer_may_return_the_vehicle() => Taken()
        .When(new Sale.Complete(), signedBy: [Bob]).ThenRefused(Sale.NoTitle).ThenBalance(Bob, Cents(9_000))
        .Meanwhile(TitleToBob)
        .When(new Sale.Complete(), signedBy: [Bob], (Bob, Cents(6_999))).ThenRefused(KernelRefusal.OverCap)
        .When(new Sale.Complete(), signedBy: [Bob]).ThenEmitted(new Sale.Delivered(Vin, Cents(8_000))).ThenHeld(Cents(8_000)).ThenBalance(Bob, Cents(2_000)).ThenBalance(Ada, Cents(10_000))
        .When(new Sale.Complete(), signedBy: [Bob]).ThenRefused(Sale.NotNow)
        .When(new Sale.StepBack(Bob), signedBy: [Bob]).ThenRefused(Sale.NotNow)
        .Later(14).ThenEmitted(new Sale.PaidOut(Cents(8_000), Cents(0))).ThenBalance(Ada, Cents(18_000)).ThenHeld(Cents(0))
        .When(new Sale.Return(), signedBy: [Bob]).ThenRefused(Sale.NotNow)
        .Later(91).ThenEmitted(new Sale.Over(SaleStage.Warranty)).ThenEnded();

    [Fact]
    public void Without_a_right_to_return_the_seller_is_paid_at_once() => Open(KeptWorld(), Offer() with { Terms = Plain, Warranty = null }, [Ada])
        .When(new Sale.Accept(), signedBy: [Bob]).Meanwhile(TitleToBob)
        .When(new Sale.Complete(), signedBy: [Bob]).ThenEmitted(new Sale.PaidOut(Cents(8_000), Cents(0)), new Sale.Delivered(Vin, Cents(8_000))).ThenBalance(Ada, Cents(18_000)).ThenEnded();

    [Fact]
    public void Title_and_money_are_one_transaction_and_fail_together()
    {
        var story = Taken();
        // Bob allows a cent too little: his money does not go, and so the title does not either.
        Assert.Equal(KernelRefusal.OverCap, Together(story, 200, most: 6_999));
        Assert.Equal(Ada.Party, KeeperIn(story.World));
        Assert.Null(Together(story, 201, most: 7_000));
        Assert.Equal(Bob.Party, KeeperIn(story.World));
        story.ThenHeld(Cents(8_000)).ThenBalance(Bob, Cents(2_000));
    }

    [Fact]
    public void A_returned_vehicle_is_money_back() => Sold()
        .When(new Sale.Return(), signedBy: [Bob]).ThenRefused(Sale.NoTitle)
        .Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Ada), Ada, Bob))
        .When(new Sale.Return(), signedBy: [Bob]).ThenEmitted(new Sale.Returned(Vin, Cents(8_000))).ThenBalance(Bob, Cents(10_000)).ThenBalance(Ada, Cents(10_000)).ThenEnded();

    [Fact]
    public void The_arbiter_divides_what_is_held() => Sold()
        .When(new Sale.Rule(Cents(1)), signedBy: [Judge]).ThenRefused(Sale.NotInDispute)
        .When(new Sale.Contest(Claim), signedBy: [Bob]).ThenEmitted(new Sale.Contested(SaleStage.CoolingOff, Claim))
        .When(new Sale.Contest(Claim), signedBy: [Bob]).ThenRefused(Sale.InDispute)
        .When(new Sale.Rule(Cents(8_001)), signedBy: [Judge]).ThenRefused(Sale.TooMuch)
        .When(new Sale.Rule(Cents(-1)), signedBy: [Judge]).ThenRefused(Sale.NotThisMoney)
        .When(new Sale.Rule(Cents(2_000)), signedBy: [Bob]).ThenRefused(KernelRefusal.SignatureMissing)
        .Later(20).ThenHeld(Cents(8_000))
        .When(new Sale.Rule(Cents(2_000)), signedBy: [Judge]).ThenEmitted(new Sale.PaidOut(Cents(6_000), Cents(2_000)), new Sale.Settled(SaleStage.CoolingOff, Cents(2_000), Cents(2_000)))
        .ThenBalance(Ada, Cents(16_000)).ThenBalance(Bob, Cents(4_000));

    [Fact]
    public void A_contested_deposit_waits_for_the_arbiter_and_not_for_ever()
    {
        Bound().When(new Sale.Contest(Claim), signedBy: [Bob]).When(new Sale.Complete(), signedBy: [Bob]).ThenRefused(Sale.InDispute)
            .When(new Sale.StepBack(Bob), signedBy: [Bob]).ThenRefused(Sale.InDispute)
            .When(new Sale.Rule(Cents(1_001)), signedBy: [Judge]).ThenRefused(Sale.TooMuch)
            .When(new Sale.Rule(Cents(400)), signedBy: [Judge]).ThenBalance(Bob, Cents(9_400)).ThenBalance(Ada, Cents(10_600)).ThenEnded();
        Bound().When(new Sale.Contest(Claim), signedBy: [Bob]).Later(31).ThenBalance(Ada, Cents(11_000)).ThenEnded();
    }

    [Fact]
    public void A_dropped_claim_leaves_all_as_it_was() => Sold()
        .When(new Sale.Drop(), signedBy: [Bob]).ThenRefused(Sale.NotInDispute)
        .When(new Sale.Contest(Claim), signedBy: [Bob])
        .When(new Sale.Drop(), signedBy: [Bob]).ThenEmitted(new Sale.Settled(SaleStage.CoolingOff, Cents(0), Cents(0)))
        .Later(14).ThenBalance(Ada, Cents(18_000));

    [Fact]
    public void Under_the_warranty_a_ruling_is_paid_by_the_sellers_mandate() => Sold().Later(14)
        .When(new Sale.Contest(Claim), signedBy: [Bob])
        .When(new Sale.Rule(Cents(5_000)), signedBy: [Judge]).ThenEmitted(new Sale.Settled(SaleStage.Warranty, Cents(5_000), Cents(3_000)))
        .ThenBalance(Ada, Cents(15_000)).ThenBalance(Bob, Cents(5_000))
        .When(new Sale.GiveBack(Cents(2_000), Note), signedBy: [Ada]).ThenEmitted(new Sale.GivenBack(Cents(2_000), Note)).ThenBalance(Bob, Cents(7_000))
        .When(new Sale.Contest(Claim), signedBy: [Bob]).Later(100).ThenEnded()
        .When(new Sale.GiveBack(Cents(1), Note), signedBy: [Ada]).ThenBalance(Bob, Cents(7_001))
        .When(new Sale.GiveBack(Cents(0), Note), signedBy: [Ada]).ThenRefused(Sale.NotThisMoney);

    protected override World NewWorld() => KeptWorld();

    protected override Story<Sale> Opened() => Open(KeptWorld(), Offer(), [Ada]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Sale.Rule) ? new Sale.Rule(Cents(random.Next(-1, 1_500)))
        : clause == typeof(Sale.StepBack) ? new Sale.StepBack(random.Next(2) == 0 ? Ada : Bob)
        : clause == typeof(Sale.GiveBack) ? new Sale.GiveBack(Cents(random.Next(-1, 40)), Note)
        : null;

    private static Sale.Offer Offer() => new(Ada, Bob, Judge, Register, Vin, Cents(8_000), Cents(1_000), Terms, UpTo(3_000, 4_000));

    private void Refused(Sale.Offer offer, Refusal<Sale> because) => Open(KeptWorld(), offer, [Ada]).ThenRefused(because);

    private Story<Sale> Taken() => Opened().When(new Sale.Accept(), signedBy: [Bob]);

    private Story<Sale> Bound() => Taken().Later(4);

    private Story<Sale> Sold() => Taken().Meanwhile(TitleToBob).When(new Sale.Complete(), signedBy: [Bob]);

    private static void TitleToBob(World world) => world.Do(Register, new Registration.Transfer(Vin, Bob), Ada, Bob);

    // One transaction, signed by both: the register's call first, the sale's behind it.
    private static IRefusal? Together(Story<Sale> story, ulong counter, long most)
    {
        var world = story.World;
        var transaction = new TransactionBuilder(world.Ledger.Id, world.Now.Plus(3_600)).By(Ada.Id, counter).By(Bob.Id, counter)
            .Call(Registration.Contents, Register, new Registration.Transfer(Vin, Bob)).Call(Sale.Contents, story.Agreement, new Sale.Complete()).AtMost(Bob.Id, Cents(most)).Sign(Ada, Bob);
        var entry = Entry.Sign(new Actor("the validator"), world.Ledger.Id, 0, 1_000_000 + counter, world.Now, [new CheckedTransaction(Transaction.Parse(transaction))]);
        return world.Ledger.Execute(entry.Bytes, entry)!.Outcomes.Decisions[0].Refusal;
    }

    private static Party KeeperIn(World world) =>
        Codecs.FromBytes(world.State.RowOf(Register.Number, Registration.Vehicles.Number, System.Text.Encoding.ASCII.GetBytes(Vin))!).Keeper;

    private static Codec<Registration.Vehicle> Codecs => (Codec<Registration.Vehicle>)Registration.Contents.Tables[0].ValueCodec;
}
