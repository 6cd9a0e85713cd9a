using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Client;
using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Tests.Rules;
using static Keten.Tests.Crossings.TwoLedgers;

namespace Keten.Tests.Crossings;

/// <summary>Money crosses between two ledgers and back, and what becomes of it where somebody is late.</summary>
public sealed class CrossingStories
{
    private readonly TwoLedgers two = new();

    private Side Home => two.Home;

    private Side Abroad => two.Abroad;

    [Fact]
    public void What_is_sent_is_held_here_and_issued_there_and_goes_home_again()
    {
        var there = two.Send(Home, Ada, Bob, 2_500);
        Assert.Equal((7_500, 2_500), (Home.Balance(Ada), Home.Own));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(there), Home.Show(Home.TransferKey(there)))));
        Assert.Equal((2_500, -2_500), (Abroad.Balance(Bob), Abroad.Own));
        Assert.Null(Home.Do(new Crossing.Settle(Number(there), Abroad.Show(Abroad.ReceiptKey(there)))));
        Assert.Equal(TransferStage.Settled, Home.Transfer(there).Stage);

        var back = two.Send(Abroad, Bob, Ada, 1_000);
        Assert.Equal((1_500, -1_500), (Abroad.Balance(Bob), Abroad.Own));
        Assert.Null(Home.Do(new Crossing.Receive(Number(back), Abroad.Show(Abroad.TransferKey(back)))));
        Assert.Equal((8_500, 1_500), (Home.Balance(Ada), Home.Own));
        Assert.Null(Abroad.Do(new Crossing.Settle(Number(back), Home.Show(Home.ReceiptKey(back)))));
        two.Adds();
    }

    [Fact]
    public void What_nobody_received_in_time_goes_back_on_either_side()
    {
        var there = two.Send(Home, Ada, Bob, 2_500, seconds: 100);
        Abroad.Ledger.Wait(100);
        Assert.Null(Home.Do(new Crossing.TakeBack(Number(there), Abroad.ShowAbsence(there))));
        Assert.Equal((10_000, 0), (Home.Balance(Ada), Home.Own));
        Assert.Equal(TransferStage.TakenBack, Home.Transfer(there).Stage);

        var again = two.Send(Home, Ada, Bob, 2_500);
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(again), Home.Show(Home.TransferKey(again)))));
        var back = two.Send(Abroad, Bob, Ada, 2_000, seconds: 100);
        Assert.Equal(500, Abroad.Balance(Bob));
        Home.Ledger.Wait(100);
        Assert.Null(Abroad.Do(new Crossing.TakeBack(Number(back), Home.ShowAbsence(back))));
        Assert.Equal(2_500, Abroad.Balance(Bob));
        two.Adds();
    }

    [Fact]
    public void Whom_the_other_ledger_does_not_know_receives_nothing_and_the_money_goes_back()
    {
        Assert.Null(Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.PartyOf(99), Euro(500), Abroad.Ledger.State.Now.Plus(100)), Ada));
        Assert.Same(KernelRefusal.UnknownParty, Abroad.Do(new Crossing.Receive(Number(1), Home.Show(Home.TransferKey(1)))));
        Abroad.Ledger.Wait(100);
        Assert.Null(Home.Do(new Crossing.TakeBack(Number(1), Abroad.ShowAbsence(1))));
        Assert.Equal(10_000, Home.Balance(Ada));
    }

    [Fact]
    public void This_ledgers_clock_is_never_asked()
    {
        var there = two.Send(Home, Ada, Bob, 100, seconds: 100);
        Home.Ledger.Wait(40_000);
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(there), Home.Show(Home.TransferKey(there)))));
        var late = two.Send(Home, Ada, Bob, 100, seconds: 100);
        Assert.Same(Crossing.TooEarly, Home.Do(new Crossing.TakeBack(Number(late), Abroad.ShowAbsence(late))));
        two.Adds();
    }

    [Fact]
    public void A_crossing_of_each_side_is_needed_before_anything_is_sent()
    {
        var apart = new TwoLedgers(joined: false);
        Assert.Same(Crossing.NotJoined, apart.Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(100), Instant.Last), Ada));
        Assert.Same(Crossing.NotJoined, apart.Abroad.Do(new Crossing.Receive(Number(1), default)));
        // Home joins only a side that names it already.
        Assert.Same(Crossing.NotTheOther, apart.Home.Do(new Crossing.Join(2, apart.Abroad.Show(apart.Abroad.AgreementKey)), Founder));
        Assert.Same(KernelRefusal.SignatureMissing, apart.Abroad.Do(new Crossing.Join(3, apart.Home.Show(apart.Home.AgreementKey)), Ada));
        Assert.Null(apart.Abroad.Do(new Crossing.Join(3, apart.Home.Show(apart.Home.AgreementKey)), Founder));
        Assert.Same(Crossing.JoinedAlready, apart.Abroad.Do(new Crossing.Join(3, apart.Home.Show(apart.Home.AgreementKey)), Founder));
        Assert.Same(Crossing.NotProven, apart.Home.Do(new Crossing.Join(1, apart.Abroad.Show(Kernel.State.RecordKeys.Agreement(1))), Founder));
        Assert.Null(apart.Home.Do(new Crossing.Join(2, apart.Abroad.Show(apart.Abroad.AgreementKey)), Founder));
    }

    [Fact]
    public void What_is_not_its_other_side_is_not_joined()
    {
        var apart = new TwoLedgers(joined: false);
        // Other decimals; the same side; and at home a side abroad that names another.
        var mills = apart.Abroad.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 3, Proof.Of(apart.Home.Ledger.Genesis)), Founder);
        var francs = apart.Home.Open(new Crossing.BeginHome(Senate.Party(Founder), new Unit(2), Proof.Of(apart.Abroad.Ledger.Genesis)), Founder);
        var away = apart.Home.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "SEK", 2, Proof.Of(apart.Abroad.Ledger.Genesis)), Founder);
        Assert.Same(Crossing.NotTheOther, apart.Abroad.Do(mills, new Crossing.Join(3, apart.Home.Show(apart.Home.AgreementKey)), Founder));
        Assert.Same(Crossing.NotTheOther, apart.Abroad.Do(new Crossing.Join(away, apart.Home.Show(Kernel.State.RecordKeys.Agreement(away))), Founder));
        Assert.Null(apart.Abroad.Do(new Crossing.Join(francs, apart.Home.Show(Kernel.State.RecordKeys.Agreement(francs))), Founder));
        Assert.Same(Crossing.NotTheOther, apart.Home.Do(new Crossing.Join(2, apart.Abroad.Show(apart.Abroad.AgreementKey)), Founder));
        Assert.Null(apart.Home.Do(francs, new Crossing.Join(2, apart.Abroad.Show(apart.Abroad.AgreementKey)), Founder));
    }

    [Fact]
    public void Only_money_crosses_and_not_to_where_it_is()
    {
        var ledger = Home.Ledger;
        IRefusal? Begin(Crossing.BeginHome opening) => ledger.Run(ledger.Begin(Founder).Open(Crossing.Contents, opening).Sign(Founder));
        Assert.Same(Crossing.NotMoney, Begin(new Crossing.BeginHome(Senate.Party(Founder), new Unit(77), Proof.Of(Abroad.Ledger.Genesis))));
        Assert.Same(Crossing.OneAndTheSame, Begin(new Crossing.BeginHome(Senate.Party(Founder), new Unit(1), Proof.Of(ledger.Genesis))));
        Assert.Same(Crossing.NotProven, Begin(new Crossing.BeginHome(Senate.Party(Founder), new Unit(1), new Proof([0x80]))));
        Assert.Same(Crossing.OneAndTheSame, ledger.Run(ledger.Begin(Founder).Open(Crossing.Contents, new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, Proof.Of(ledger.Genesis))).Sign(Founder)));
        Assert.Same(Crossing.NotProven, ledger.Run(ledger.Begin(Founder).Open(Crossing.Contents, new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, default)).Sign(Founder)));
        Assert.Same(Crossing.NotThisMoney, Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), new Unit(2).Of(5), Instant.Last), Ada));
        Assert.Same(Crossing.NotThisMoney, Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(0), Instant.Last), Ada));
        Assert.Same(KernelRefusal.InsufficientFunds, Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(10_001), Instant.Last), Ada));
        Assert.Same(KernelRefusal.SignatureMissing, Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(1), Instant.Last), Bob));
    }

    [Fact]
    public void Nobody_unwinds_what_is_held_for_those_abroad()
    {
        var there = two.Send(Home, Ada, Bob, 2_500);
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(there), Home.Show(Home.TransferKey(there)))));
        var unwind = new KernelCalls.Unwind(Home.Agreement, new Many<KernelCalls.Payout>(new KernelCalls.Payout(Senate.Party(Ada), Euro(2_500))));
        var (number, codec) = KernelContents.Of<KernelCalls.Unwind>();
        var builder = Home.Ledger.Begin(Ada).By(Bob.Id, 1_000).By(Founder.Id, 1_000);
        Assert.Same(KernelRefusal.SignatureMissing, Home.Ledger.Run(builder.Open(0, number, codec, unwind).Sign(Ada, Bob, Founder)));
        Assert.Equal(2_500, Home.Own);
    }

    [Fact]
    public void The_worked_crossing_comes_out_as_the_page_says()
    {
        var rows = Regex.Matches(Page("docs/contracts/crossing.md"), @"\| (?<ada>\d+\.\d\d) \| (?<held>\d+\.\d\d) \| (?<bob>\d+\.\d\d) \| (?<issued>\d+\.\d\d) \|\n", RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.Equal(6, rows.Count);
        Expect(0);
        var first = two.Send(Home, Ada, Bob, 6_000);
        Expect(1);
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(first), Home.Show(Home.TransferKey(first)))));
        Expect(2);
        var back = two.Send(Abroad, Bob, Ada, 1_500);
        Expect(3);
        Assert.Null(Home.Do(new Crossing.Receive(Number(back), Abroad.Show(Abroad.TransferKey(back)))));
        Expect(4);
        var late = two.Send(Home, Ada, Bob, 500, seconds: 100);
        Abroad.Ledger.Wait(100);
        Assert.Null(Home.Do(new Crossing.TakeBack(Number(late), Abroad.ShowAbsence(late))));
        Expect(5);

        void Expect(int row) => Assert.Equal(
            [.. rows[row].Groups.Values.Skip(1).Select(each => long.Parse(each.Value.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))],
            new[] { Home.Balance(Ada), Home.Own, Abroad.Balance(Bob), -Abroad.Own });
    }

    [Fact]
    public void All_may_read_a_crossing() => Assert.True(Home.Ledger.Ledger.ReadersOf(Home.Agreement)!.Value.IsEveryone);

    private static string Page(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }
}
