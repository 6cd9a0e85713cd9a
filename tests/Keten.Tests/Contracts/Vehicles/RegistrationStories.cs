using Keten.Contracts.Financing;
using Keten.Contracts.Money;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>A register: admission, change of keeper, theft, export, scrapping, and what is put right. Each story opens a second register beside the one of the background.</summary>
public sealed class RegistrationStories : ContractTests<Registration>
{
    private static readonly Agreement<Registration> Here = new(6);

    private static readonly Agreement<VehicleLife> Life = new(7);

    private static readonly Agreement<Loan> Lent = new(8), OtherLoan = new(9);

    private static readonly VinKey Key = Iso3779.Key(Vin);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void A_register_is_of_a_country() => Open(BuiltWorld(), new Registration.Establish(Office, "Nl", false), [Office]).ThenRefused(Registration.NotACountry);

    [Fact]
    public void The_authority_admits_a_vehicle_with_its_first_keeper() => WithBook()
        .When(new Registration.Admit(Vin, Ada, Life), signedBy: [Office, Ada])
        .ThenEmitted(new Registration.Admitted(Vin, Ada, Life)).ThenKept(Registration.Vehicles, Key, Of(Ada, 1));

    [Fact]
    public void A_number_is_admitted_once() => Admitted()
        .When(new Registration.Admit(Vin, Bob, Life), signedBy: [Office, Bob]).ThenRefused(Registration.RegisteredAlready);

    [Fact]
    public void What_is_no_number_is_not_admitted() => WithBook()
        .When(new Registration.Admit("5TFEV54198X063405", Ada, Life), signedBy: [Office, Ada]).ThenRefused(Registration.NotAVin)
        .When(new Registration.Admit("AAAAAAAIAAAAAAAAA", Ada, Life), signedBy: [Office, Ada]).ThenRefused(Registration.NotAVin)
        .When(new Registration.Admit("", Ada, Life), signedBy: [Office, Ada]).ThenRefused(Registration.NotAVin);

    [Fact]
    public void A_book_is_of_that_vehicle_and_that_register() => WithBook()
        .When(new Registration.Admit(OtherVin, Ada, Life), signedBy: [Office, Ada]).ThenRefused(Registration.NotItsBook)
        .When(new Registration.Admit(Vin, Ada, Book), signedBy: [Office, Ada]).ThenRefused(Registration.NotItsBook);

    [Fact]
    public void Old_and_new_keeper_sign_a_change() => Admitted().Later(1)
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenEmitted(new Registration.Transferred(Vin, Ada, Bob))
        .ThenKept(Registration.Vehicles, Key, Of(Bob, 2) with { Since = Day(1) })
        .When(new Registration.Transfer(Vin, Ada), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Bob]).ThenRefused(Registration.KeeperAlready)
        .When(new Registration.Transfer(OtherVin, Bob), signedBy: [Bob]).ThenRefused(Registration.NotRegistered);

    [Fact]
    public void Where_the_rules_say_so_the_authority_signs_too() => WithBook(countersigns: true)
        .When(new Registration.Admit(Vin, Ada, Life), signedBy: [Office, Ada])
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob, Office]).ThenEmitted(new Registration.Transferred(Vin, Ada, Bob));

    [Fact]
    public void A_stolen_vehicle_changes_no_hands_and_each_use_is_an_alarm() => Admitted()
        .When(new Registration.Sight(Vin, Grid, Paper("gate 7")), signedBy: [Grid]).ThenRefused(Registration.NotStolen)
        .When(new Registration.ReportFound(Vin), signedBy: [Office]).ThenRefused(Registration.NotStolen)
        .When(new Registration.ReportStolen(Vin), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Registration.ReportStolen(Vin), signedBy: [Ada]).ThenEmitted(new Registration.ReportedStolen(Vin, Day(0)))
        .ThenKept(Registration.Vehicles, Key, Of(Ada, 1) with { StolenAt = Day(0) })
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenRefused(Registration.IsStolen)
        .When(new Registration.Export(Vin, "BE"), signedBy: [Ada, Office]).ThenRefused(Registration.IsStolen)
        .When(new Registration.Scrap(Vin, Paper("certificate")), signedBy: [Ada, Office]).ThenRefused(Registration.IsStolen)
        .When(new Registration.Sight(Vin, Grid, Paper("gate 7")), signedBy: [Grid]).ThenEmitted(new Registration.UsedWhileStolen(Vin, Grid, Paper("gate 7")))
        .When(new Registration.ReportFound(Vin), signedBy: [Office]).ThenEmitted(new Registration.Found(Vin)).ThenKept(Registration.Vehicles, Key, Of(Ada, 1))
        .When(new Registration.ReportStolen(Vin), signedBy: [Office]).ThenEmitted(new Registration.ReportedStolen(Vin, Day(0)));

    [Fact]
    public void An_exported_vehicle_may_come_back() => Admitted()
        .When(new Registration.Export(Vin, "NL"), signedBy: [Ada, Office]).ThenRefused(Registration.NotACountry)
        .When(new Registration.Export(Vin, "BE"), signedBy: [Ada, Office]).ThenEmitted(new Registration.Exported(Vin, "BE"))
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenRefused(Registration.NotRegistered)
        .When(new Registration.ReportStolen(Vin), signedBy: [Ada]).ThenRefused(Registration.NotRegistered)
        .When(new Registration.Admit(Vin, Bob, Life), signedBy: [Office, Bob]).ThenKept(Registration.Vehicles, Key, Of(Bob, 2));

    [Fact]
    public void A_scrapped_vehicle_is_gone_for_good() => Admitted()
        .When(new Registration.Scrap(Vin, Paper("certificate")), signedBy: [Ada, Office]).ThenEmitted(new Registration.Scrapped(Vin, Paper("certificate")))
        .When(new Registration.Export(Vin, "BE"), signedBy: [Ada, Office]).ThenRefused(Registration.NotRegistered)
        .When(new Registration.Admit(Vin, Bob, Life), signedBy: [Office, Bob]).ThenRefused(Registration.RegisteredAlready);

    [Fact]
    public void The_authority_puts_a_record_right_and_the_record_says_so() => Admitted()
        .When(new Registration.Correct(Vin, Bob, Standing.Registered, Paper("ruling")), signedBy: [Office])
        .ThenEmitted(new Registration.Corrected(Vin, Ada, Bob, Standing.Registered, Standing.Registered, Paper("ruling")))
        .ThenKept(Registration.Vehicles, Key, Of(Bob, 1) with { Corrections = 1 })
        .When(new Registration.Correct(OtherVin, Bob, Standing.Registered, Paper("ruling")), signedBy: [Office]).ThenRefused(Registration.NotRegistered);

    [Fact]
    public void What_was_allowed_is_taken_back() => Opened()
        .When(new Registration.Accredit(Shop, new Registration.Accreditation(true, false, false)), signedBy: [Office])
        .ThenKept(Registration.Accredited, Shop.Party, new Registration.Accreditation(true, false, false))
        .When(new Registration.Accredit(Shop, default), signedBy: [Office]).ThenEmitted(new Registration.Allowed(Shop, default)).ThenKept(Registration.Accredited, Shop.Party, null);

    [Fact]
    public void A_title_is_retained_until_the_loan_is_paid() => Financed()
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada]).ThenEmitted(new Registration.Retained(Vin, Lent)).ThenKept(Registration.Vehicles, Key, Of(Ada, 1) with { Loan = Lent })
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenRefused(Registration.TitleIsRetained)
        .When(new Registration.Export(Vin, "BE"), signedBy: [Ada, Office]).ThenRefused(Registration.TitleIsRetained)
        .When(new Registration.Scrap(Vin, Paper("certificate")), signedBy: [Ada, Office]).ThenRefused(Registration.TitleIsRetained)
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada]).ThenRefused(Registration.TitleIsRetained)
        .When(new Registration.LetGo(Vin), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Registration.TakeBack(Vin), signedBy: [Grid]).ThenRefused(Registration.NotRetained)
        .Meanwhile(world => world.Do(Lent, new Loan.Draw(), Ada).Do(Lent, new Loan.Settle(), Ada))
        .When(new Registration.LetGo(Vin)).ThenRefused(Registration.NotRetained)
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]).ThenEmitted(new Registration.Transferred(Vin, Ada, Bob));

    [Fact]
    public void A_title_is_retained_for_the_keepers_own_loan_on_that_vehicle() => Financed()
        .When(new Registration.Retain(Vin, OtherLoan), signedBy: [Ada]).ThenRefused(Registration.NotItsLoan)
        .When(new Registration.Retain(OtherVin, Lent), signedBy: []).ThenRefused(Registration.NotRegistered)
        .Meanwhile(world => world.Do(Lent, new Loan.StepBack(Ada), Ada))
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada]).ThenRefused(Registration.NotItsLoan);

    [Fact]
    public void A_loan_to_somebody_else_retains_nothing() => Financed(borrower: Bob)
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada]).ThenRefused(Registration.NotItsLoan);

    [Fact]
    public void A_lender_lets_a_title_go() => Financed()
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada])
        .When(new Registration.LetGo(Vin), signedBy: [Grid]).ThenEmitted(new Registration.LetGone(Vin)).ThenKept(Registration.Vehicles, Key, Of(Ada, 1))
        .When(new Registration.Transfer(Vin, Bob), signedBy: [Ada, Bob]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_lender_of_a_loan_that_was_called_in_takes_the_vehicle_back(bool countersigns) => Financed(countersigns)
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada])
        .Meanwhile(world => world.Do(Lent, new Loan.Draw(), Ada).Do(Money, new EMoney.Redeem(Ada, Cents(10_000), Paper("all of it")), Ada))
        .Later(62).Meanwhile(world => world.Do(Lent, new Loan.CallIn(), Grid).Do(Here, new Registration.ReportStolen(Vin), Ada))
        .When(new Registration.TakeBack(Vin), signedBy: countersigns ? [Grid, Office] : [Grid]).ThenRefused(Registration.IsStolen)
        .Meanwhile(world => world.Do(Here, new Registration.ReportFound(Vin), Office))
        .When(new Registration.TakeBack(Vin), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Registration.TakeBack(Vin), signedBy: countersigns ? [Grid, Office] : [Grid]).ThenEmitted(new Registration.TakenBack(Vin, Ada, Grid))
        .ThenKept(Registration.Vehicles, Key, Of(Grid, 2) with { Since = Day(62) });

    [Fact]
    public void A_vehicle_is_taken_back_once_its_loan_was_called_in() => Financed()
        .When(new Registration.Retain(Vin, Lent), signedBy: [Ada])
        .Meanwhile(world => world.Do(Lent, new Loan.Draw(), Ada).Do(Money, new EMoney.Redeem(Ada, Cents(10_000), Paper("all of it")), Ada))
        .Later(62).Meanwhile(world => world.Do(Lent, new Loan.CallIn(), Grid))
        .When(new Registration.TakeBack(Vin), signedBy: [Grid]).ThenEmitted(new Registration.TakenBack(Vin, Ada, Grid));

    protected override World NewWorld() => BuiltWorld();

    protected override Story<Registration> Opened() => WithBook();

    // Nothing is ever held here, and it does not end.
    protected override void Release(Story<Registration> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var party = new[] { Ada, Bob, Grid }[random.Next(3)];
        var vin = random.Next(4) == 0 ? OtherVin : Vin;
        return clause == typeof(Registration.Admit) ? new Registration.Admit(vin, party, random.Next(4) == 0 ? Book : Life)
            : clause == typeof(Registration.Transfer) ? new Registration.Transfer(vin, party)
            : clause == typeof(Registration.ReportStolen) ? new Registration.ReportStolen(vin)
            : clause == typeof(Registration.ReportFound) ? new Registration.ReportFound(vin)
            : clause == typeof(Registration.Correct) ? new Registration.Correct(vin, party, Standing.Registered, Paper("ruling"))
            : clause == typeof(Registration.Accredit) ? new Registration.Accredit(party, new Registration.Accreditation(random.Next(2) == 0, false, false))
            : random.Next(3) == 0 ? null : new Registration.Correct(vin, party, Standing.Registered, Paper("ruling"));
    }

    private Story<Registration> WithBook(bool countersigns = false)
    {
        var story = Open(BuiltWorld(), new Registration.Establish(Office, "NL", countersigns), [Office]);
        story.World.Open(new VehicleLife.Begin(Vin, Works, Here, Called), Works);
        return story;
    }

    private Story<Registration> Admitted() => WithBook().When(new Registration.Admit(Vin, Ada, Life), signedBy: [Office, Ada]);

    // Grid lends 50.00 on the vehicle that is told of, and as much on another.
    private Story<Registration> Financed(bool countersigns = false, Actor? borrower = null)
    {
        var story = WithBook(countersigns).When(new Registration.Admit(Vin, Ada, Life), signedBy: [Office, Ada]);
        var plan = new Plan(Cents(5_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 3, Cents(0), null);
        var terms = new LoanTerms(14, new ArrearsTerms(new Rate(60_000), 10, Cents(0), 30), new Rate(0), new Rate(0));
        foreach (var vin in new[] { Vin, OtherVin })
            story.World.Open(new Loan.Agree(Grid, borrower ?? Ada, Bob, plan, terms, new Security(Here, vin), 0, UpTo(5_000, 6_000)), Grid, borrower ?? Ada);
        return story;
    }

    private static Registration.Vehicle Of(Actor keeper, uint keepers) => new(keeper, Day(0), keepers, Standing.Registered, null, Life, 0);
}
