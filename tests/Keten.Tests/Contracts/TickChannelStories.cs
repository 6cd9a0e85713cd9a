using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class TickChannelStories : ContractTests<TickChannel>
{
    private const uint Ticks = 2_000;

    private static readonly Hash Note = Paper("credit note");

    private static readonly TickPayer Payer = new(new byte[31].Append((byte)7).ToArray(), Ticks);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 120);

    [Fact]
    public void A_thousand_ticks_are_paid_by_one_link() => Opened()
        .ThenEmitted(new TickChannel.Opened(Grid, Cents(2), Ticks, Day(1))).ThenBalance(Ada, Cents(6_000)).ThenHeld(Cents(4_000))
        .ThenState(new TickChannel(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(1), 0))
        .When(new TickChannel.Claim(1_000, Payer.LinkOf(1_000)), signedBy: [])
        .ThenEmitted(new TickChannel.Claimed(1_000, Cents(2_000))).ThenBalance(Grid, Cents(12_000)).ThenHeld(Cents(2_000));

    [Theory]
    [InlineData(1)]
    [InlineData(1_024)]
    [InlineData(1_025)]
    [InlineData(2_000)]
    public void A_link_pays_for_all_ticks_up_to_its_own(uint tick) => Opened()
        .When(new TickChannel.Claim(tick, Payer.LinkOf(tick)), signedBy: []).ThenBalance(Grid, Cents(10_000 + 2 * tick));

    [Fact]
    public void A_later_link_pays_for_the_ticks_since() => Opened()
        .When(new TickChannel.Claim(10, Payer.LinkOf(10)), signedBy: [])
        .When(new TickChannel.Claim(10, Payer.LinkOf(10)), signedBy: []).ThenRefused(TickChannel.NothingNew)
        .When(new TickChannel.Claim(9, Payer.LinkOf(9)), signedBy: []).ThenRefused(TickChannel.NothingNew)
        .When(new TickChannel.Claim(1_030, Payer.LinkOf(1_030)), signedBy: []).ThenEmitted(new TickChannel.Claimed(1_030, Cents(2_040))).ThenBalance(Grid, Cents(12_060));

    [Fact]
    public void A_link_is_worth_its_own_tick_and_no_other() => Opened()
        .When(new TickChannel.Claim(11, Payer.LinkOf(10)), signedBy: []).ThenRefused(TickChannel.NotALink)
        .When(new TickChannel.Claim(9, Payer.LinkOf(10)), signedBy: []).ThenRefused(TickChannel.NotALink)
        .When(new TickChannel.Claim(1_025, Payer.Anchors[1]), signedBy: []).ThenRefused(TickChannel.NotALink)
        .When(new TickChannel.Claim(2_001, Note), signedBy: []).ThenRefused(TickChannel.NothingNew)
        .When(new TickChannel.Claim(1, Note), signedBy: []).ThenRefused(TickChannel.NotALink).ThenBalance(Grid, Cents(10_000));

    [Fact]
    public void The_payee_closes_and_what_is_left_goes_back() => Opened()
        .When(new TickChannel.Claim(10, Payer.LinkOf(10)), signedBy: [])
        .When(new TickChannel.Close(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new TickChannel.Close(), signedBy: [Grid]).ThenEmitted(new TickChannel.Returned(Cents(3_980))).ThenEnded().ThenBalance(Ada, Cents(9_980))
        .When(new TickChannel.Claim(11, Payer.LinkOf(11)), signedBy: []).ThenRefused(KernelRefusal.AgreementEnded);

    [Fact]
    public void Where_the_payee_vanishes_the_payer_has_it_back_on_the_day() => Opened().At(Day(1)).ThenEnded().ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(10_000));

    [Fact]
    public void Where_the_payer_vanishes_the_payee_has_what_was_ticked() => Opened()
        .When(new TickChannel.Claim(1_500, Payer.LinkOf(1_500)), signedBy: []).At(Day(1)).ThenEnded().ThenBalance(Grid, Cents(13_000)).ThenBalance(Ada, Cents(7_000));

    [Fact]
    public void What_was_paid_for_nothing_is_given_back_also_afterwards() => Opened()
        .When(new TickChannel.Claim(10, Payer.LinkOf(10)), signedBy: []).When(new TickChannel.Close(), signedBy: [Grid])
        .When(new TickChannel.GiveBack(Cents(21), Note), signedBy: [Grid]).ThenRefused(TickChannel.NotThisMoney)
        .When(new TickChannel.GiveBack(Wh(1), Note), signedBy: [Grid]).ThenRefused(TickChannel.NotThisMoney)
        .When(new TickChannel.GiveBack(Cents(0), Note), signedBy: [Grid]).ThenRefused(TickChannel.NotThisMoney)
        .When(new TickChannel.GiveBack(Cents(20), Note), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new TickChannel.GiveBack(Cents(20), Note), signedBy: [Grid]).ThenEmitted(new TickChannel.GivenBack(Cents(20), Note)).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void A_channel_is_opened_with_a_chain_a_price_and_a_time()
    {
        Refused(new TickChannel.Open(Ada, Grid, Cents(2), 2_049, Payer.Anchors, Day(1)), TickChannel.NotAChain);
        Refused(new TickChannel.Open(Ada, Grid, Cents(2), 1_024, Payer.Anchors, Day(1)), TickChannel.NotAChain);
        Refused(new TickChannel.Open(Ada, Grid, Cents(2), 0, default, Day(1)), TickChannel.NotAChain);
        Refused(new TickChannel.Open(Ada, Grid, Cents(0), Ticks, Payer.Anchors, Day(1)), TickChannel.NotAPrice);
        Refused(new TickChannel.Open(Ada, Grid, Cents(long.MaxValue / 65_536), Ticks, Payer.Anchors, Day(1)), TickChannel.NotAPrice);
        Refused(new TickChannel.Open(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(0)), TickChannel.NotATime);
        Refused(new TickChannel.Open(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(367)), TickChannel.NotATime);
        Refused(new TickChannel.Open(Ada, Ada, Cents(2), Ticks, Payer.Anchors, Day(1)), TickChannel.OneAndTheSame);
        Open(NewWorld(), new TickChannel.Open(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(1)), [Grid]).ThenRefused(KernelRefusal.SignatureMissing);
        Open(NewWorld(), new TickChannel.Open(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(1)), [Ada], (Ada, Cents(3_999))).ThenRefused(KernelRefusal.OverCap);

        void Refused(TickChannel.Open opening, Refusal<TickChannel> refusal) => Open(NewWorld(), opening, [Ada]).ThenRefused(refusal);
    }

    [Fact]
    public void Devices_pass_ticks_to_each_other_and_some_are_lost()
    {
        var channel = new TickChannel(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(1), 0);
        var receiver = new TickReceiver(channel);
        for (uint tick = 1; tick <= Ticks; tick += tick % 7 == 0 ? 3u : 1u)
        {
            Assert.True(receiver.Take(tick, Payer.LinkOf(tick)));
            Assert.False(receiver.Take(tick, Payer.LinkOf(tick)));
            Assert.False(receiver.Take(tick + 1, Payer.LinkOf(tick)));
        }
        Assert.InRange(receiver.Ticks, Ticks - 2, Ticks);
        Assert.Equal(Cents(2 * receiver.Ticks), receiver.Worth);
        Assert.False(new TickReceiver(channel).Take(1_025, Payer.LinkOf(1_025)));
        Assert.False(receiver.Take(Ticks + 1, Note));
        Opened().When(new TickChannel.Claim(receiver.Ticks, receiver.Link), signedBy: []).ThenBalance(Grid, Cents(10_000) + receiver.Worth);
        Assert.Throws<ArgumentOutOfRangeException>(() => Payer.LinkOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Payer.LinkOf(Ticks + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TickPayer(new byte[32], 65_537));
    }

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<TickChannel> Opened() => Open(NewWorld(), new TickChannel.Open(Ada, Grid, Cents(2), Ticks, Payer.Anchors, Day(1)), [Ada]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(TickChannel.Claim) ? Any((uint)random.Next(1, (int)Ticks + 1), random)
        : clause == typeof(TickChannel.GiveBack) ? new TickChannel.GiveBack(Cents(random.Next(-1, 40)), Note)
        : null;

    private static TickChannel.Claim Any(uint tick, Random random) => new(tick, Payer.LinkOf(random.Next(4) == 0 ? 1 : tick));
}
