using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rules 32 and 33, and the shape of a contract: what a clause may do wrong, and what it sees of others.</summary>
public sealed class ContractRules
{
    private readonly Bench bench = new();

    /// <summary>Rule 33: every kind of fault that a contract can make is a refusal, and changes nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void A_fault_is_a_refusal_and_changes_nothing(byte how)
    {
        var before = bench.Records();
        Bench.Refused(KernelRefusal.ContractFaulted, Break(how));
        Assert.Equal(before, bench.Records());
    }

    /// <summary>Rule 17: a contract's own refusal names its contract, and changes nothing.</summary>
    [Fact]
    public void A_contracts_refusal_says_whose_it_is()
    {
        var before = bench.Records();
        Assert.Equal(900u << 16 | 1, Bench.Refused(Lab.NotNow, Break(0)).Code);
        Assert.Equal(before, bench.Records());
    }

    /// <summary>Rule 32: loops over kernel sequences count steps.</summary>
    [Fact]
    public void A_call_takes_so_many_steps_and_no_more()
    {
        Bench.Accepted(bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Work(10_000, 0)));
        Bench.Refused(KernelRefusal.StepsExhausted, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Work(10_001, 0)));
        Assert.Equal(1, bench.LabState().Number);
    }

    /// <summary>Rule 32.</summary>
    [Fact]
    public void A_page_of_child_records_counts_its_steps()
    {
        var narrow = new Bench(Kernel.State.Parameters.Default with { StepsPerCall = 5 });
        for (var key = 0ul; key < 8; key++) Bench.Accepted(narrow.By(narrow.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Put(key, 1)));
        Bench.Accepted(narrow.By(narrow.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Page(null, false, 4, null)));
        Bench.Refused(KernelRefusal.StepsExhausted, narrow.By(narrow.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Page(null, false, 5, null)));
    }

    [Fact]
    public void A_call_has_so_many_effects_and_no_more()
    {
        Bench.Accepted(bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Work(0, 4_096)));
        Bench.Refused(KernelRefusal.TooManyEffects, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Work(0, 4_097)));
        Assert.Equal(1, bench.LabState().Number);
    }

    /// <summary>All of a transaction happens or none: rows, state, money, an opening's number, events.</summary>
    [Fact]
    public void Several_calls_happen_all_or_none()
    {
        var before = bench.Records();
        var step = bench.By(bench.Ada)
            .Open(Lab.Contents, new Lab.Begin(Bench.Party(bench.Ada), null, true, 0))
            .Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bench.Party(bench.Ada), Bench.Eur(5), false)).AtMost(bench.Ada, Bench.Eur(5))
            .Call(Bench.Lab, Lab.Contents, new Lab.Put(7, 1)).Call(Bench.Lab, Lab.Contents, new Lab.Work(0, 3))
            .Call(Bench.Lab, Lab.Contents, new Lab.Later(1, Lab.Deed.Count, bench.Now.Plus(9), false))
            .Call(Bench.Lab, Lab.Contents, new Lab.Break(2));
        var block = step.Block();
        Assert.Equal(5, block.Outcomes.Decisions[0].Call);
        Assert.Equal(before, bench.Records());
        Assert.Empty(block.Outcomes.Events);
        Assert.Empty(block.Outcomes.Postings);
        Assert.Null(bench.State.NextWakeUp);
        Assert.Single(block.Outcomes.Calls);
    }

    /// <summary>A refused opening has made no agreement, and its outcome names none.</summary>
    [Fact]
    public void A_refused_openings_outcome_names_no_agreement()
    {
        var block = bench.By(bench.Eve).Open(Lab.Contents, new Lab.Begin(Bench.Party(bench.Ada), null, false, 0)).Block();
        Assert.Same(KernelRefusal.SignatureMissing, block.Outcomes.Decisions[0].Refusal);
        Assert.Equal(0ul, block.Outcomes.Calls[0].Agreement);
    }

    /// <summary>Opening twice makes two agreements, each of its own number; one that was rolled back leaves no gap.</summary>
    [Fact]
    public void Agreements_are_numbered_without_gaps_even_after_a_refused_opening()
    {
        var begin = new Lab.Begin(Bench.Party(bench.Ada), null, false, 0);
        bench.By(bench.Ada).Open(Lab.Contents, begin).Call(Bench.Lab, Lab.Contents, new Lab.Break(1)).Run();
        Bench.Accepted(bench.By(bench.Ada).Open(Lab.Contents, begin).Open(Lab.Contents, begin));
        Assert.Equal(4ul, bench.Chain.Last);
        Assert.NotNull(bench.State.Agreement(3));
    }

    /// <summary>Child records: order, ranges that start at a key, counts, removal.</summary>
    [Fact]
    public void Child_records_are_read_in_the_order_of_their_keys()
    {
        foreach (var key in (ulong[])[300, 2, 70_000, 5, 256]) Put(key, 1);
        Put(5, null);
        Assert.Equal([2, 256, 300, 70_000, -4], Page(null, false, 9));
        Assert.Equal([256, 300, -4], Page(256, true, 2));
        Assert.Equal([300, 70_000, -4], Page(256, false, 9));
        Assert.Equal([256, 300, 70_000, -4], Page(5, false, 9));
        Assert.Equal([-4], Page(70_000, false, 9));
        Assert.Equal([-4], Page(null, false, 0));
    }

    /// <summary>A row that was put and rolled back, or removed and rolled back, stands in its order as before.</summary>
    [Fact]
    public void A_refused_transaction_leaves_the_order_of_child_records_as_it_was()
    {
        foreach (var key in (ulong[])[1, 2, 3]) Put(key, 1);
        bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Put(2, null)).Call(Bench.Lab, Lab.Contents, new Lab.Put(9, 9))
            .Call(Bench.Lab, Lab.Contents, new Lab.Put(2, 5)).Call(Bench.Lab, Lab.Contents, new Lab.Put(1, null)).Call(Bench.Lab, Lab.Contents, new Lab.Break(2)).Run();
        Assert.Equal([1, 2, 3, -3], Page(null, false, 9));
    }

    /// <summary>The order holds for many thousands of rows, in and out.</summary>
    [Fact]
    public void Many_child_records_keep_their_order()
    {
        var random = new Random(5);
        var model = new SortedSet<ulong>();
        for (var round = 0; round < 40; round++)
        {
            var step = bench.By(bench.Eve);
            for (var each = 0; each < 100; each++)
            {
                var key = (ulong)random.Next(3_000);
                var put = random.Next(3) > 0;
                if (put) model.Add(key);
                else model.Remove(key);
                step.Call(Bench.Lab, Lab.Contents, new Lab.Put(key, put ? each : null));
            }
            Bench.Accepted(step);
        }
        Assert.Equal([.. model.Select(key => (long)key), -model.Count], Page(null, false, 4_000));
    }

    /// <summary>Other agreements are readable, ended ones too; a reference to none, or to another contract's, is refused.</summary>
    [Fact]
    public void Other_agreements_are_read_and_a_wrong_reference_is_refused()
    {
        var other = bench.OpenLab();
        Bench.Accepted(bench.By(bench.Ada).Call(other, Lab.Contents, new Lab.Work(0, 0)));
        Put(3, 1, other);
        Assert.Equal([1, 0], Bench.Told(Bench.Accepted(Look(other))));
        Bench.Accepted(bench.By(bench.Ada).Call(other, Lab.Contents, new Lab.Finish()));
        Assert.Equal([1, 1], Bench.Told(Bench.Accepted(Look(other))));
        Assert.Equal([3, 0], Bench.Told(Bench.Accepted(bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Page(null, false, 5, new Agreement<Lab>(other))))));
        Bench.Refused(KernelRefusal.BadReference, Look(Bench.Money));
        Bench.Refused(KernelRefusal.BadReference, Look(99));
    }

    /// <summary>A call on what is not there, or not so, has its own refusal.</summary>
    [Fact]
    public void What_is_not_there_cannot_be_called()
    {
        Bench.Refused(KernelRefusal.UnknownAgreement, bench.By(bench.Ada).Call(99, Lab.Contents, new Lab.Finish()));
        Bench.Refused(KernelRefusal.MalformedCall, bench.By(bench.Ada).Call(Bench.Lab, Twin.Contents, new Twin.Hear(default(Signed<Twin.Claim>) with { Key = bench.Ada.Id, Statement = new(new(1), 1) })));
        Assert.Same(KernelRefusal.UnknownClause, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Call(Bench.Lab, 77, [0x80]), bench.Ada).Refusal);
        Assert.Same(KernelRefusal.UnknownClause, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Call(Bench.Lab, 1, [0x80]), bench.Ada).Refusal);
        Assert.Same(KernelRefusal.UnknownClause, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Open(900, 2, [0x80]), bench.Ada).Refusal);
        Assert.Same(KernelRefusal.UnknownClause, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Open(0, 77, [0x80]), bench.Ada).Refusal);
        Assert.Same(KernelRefusal.UnknownContract, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Open(77, 1, [0x80]), bench.Ada).Refusal);
        Assert.Same(KernelRefusal.MalformedCall, bench.Chain.Do(bench.Chain.Begin(bench.Ada).Call(Bench.Lab, 13, [0x81, 0x01]), bench.Ada).Refusal);
    }

    /// <summary>Rule 15: a due clause is signed by nobody and called by nobody.</summary>
    [Fact]
    public void A_due_clause_cannot_be_called()
    {
        var due = Lab.Contents.ClauseOf<Lab.Tick>();
        var call = bench.Chain.Begin(bench.Ada).Call(Bench.Lab, due.Number, (Codec<Lab.Tick>)due.ArgumentsCodec, new Lab.Tick(1, Lab.Deed.Count));
        Assert.Same(KernelRefusal.UnknownClause, bench.Chain.Do(call, bench.Ada).Refusal);
    }

    /// <summary>Rule 20: a policy that names nobody lets nobody through, rather than everybody.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_policy_that_names_nobody_lets_nobody_through(bool unsaid) =>
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Careless(unsaid)));

    /// <summary>Rule 28: what no node could read again never gets into the state, whatever a contract proposes.</summary>
    [Theory]
    [InlineData(1, 112)]
    [InlineData(2, 112)]
    [InlineData(3, 117)]
    [InlineData(4, 130)]
    [InlineData(6, 116)]
    [InlineData(7, 143)]
    [InlineData(8, 115)]
    [InlineData(9, 115)]
    [InlineData(10, 115)]
    [InlineData(11, 115)]
    [InlineData(12, 114)]
    [InlineData(13, 114)]
    [InlineData(14, 114)]
    [InlineData(15, 114)]
    [InlineData(16, 117)]
    public void A_value_that_cannot_be_recorded_is_refused(byte how, ushort number)
    {
        var (agreement, unit) = bench.Issuer(UnitRules.Expires);
        var before = bench.Records();
        var decision = bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Odd(how, unit)).AtMost(bench.Ada, unit.Of(Amount.Limit)).Run();
        Assert.Equal(number, decision.Refusal?.Number);
        Assert.Equal(before, bench.Records());
    }

    /// <summary>Rule 28: a moment before all time is simply due.</summary>
    [Fact]
    public void A_wake_up_asked_for_the_past_is_due_in_the_next_block()
    {
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Odd(5, Bench.Euro)));
        Assert.Equal(bench.Now, bench.State.NextWakeUp);
        bench.Chain.Block();
        Assert.Equal(1, bench.LabState().Number);
    }

    private Ledgers.Chain.Step Break(byte how) => bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Break(how));

    private Ledgers.Chain.Step Look(ulong at) => bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Look(new Agreement<Lab>(at)));

    private void Put(ulong key, long? value, ulong agreement = Bench.Lab) => Bench.Accepted(bench.By(bench.Eve).Call(agreement, Lab.Contents, new Lab.Put(key, value)));

    private long[] Page(ulong? from, bool included, int atMost) =>
        Bench.Told(Bench.Accepted(bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Page(from, included, atMost, null))));
}
