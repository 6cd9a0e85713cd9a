using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class JudgeTests
{
    private static string One(string begin, string end, string page = "T1") => Craft.Signed(Craft.Payload($"{begin},{end}", page));

    private static string Begin(string page, string value = "1.5", string hour = "08") =>
        Craft.Signed(Craft.Payload(Craft.Good.Replace("1.5", value, StringComparison.Ordinal).Replace("T08", $"T{hour}", StringComparison.Ordinal), page));

    private static string Later(string page, string letter, string value, string hour = "09", string ef = "") => Craft.Signed(Craft.Payload(
        $$"""{"TM":"2024-05-01T{{hour}}:00:00,000+0200 S","TX":"{{letter}}","RV":{{value}},"RI":"1-0:1.8.0","RU":"kWh","EF":"{{ef}}","ST":"G"}""", page));

    [Fact]
    public void A_good_record_is_admissible_and_tells_its_energy()
    {
        var verdict = Craft.Verdict(One(Craft.Good, Craft.GoodEnd));
        Assert.True(verdict.Admissible);
        Assert.Empty(verdict.Reasons);
        Assert.Equal((1500m, 4250m, 2750m), (verdict.BeginWh, verdict.EndWh, verdict.EnergyWh));
    }

    [Theory]
    [InlineData("\"ST\":\"G\"", "\"ST\":\"M\"", OcmfFault.MeterStateNotGood)]
    [InlineData("\"ST\":\"G\"", "\"ST\":\"g\"", OcmfFault.MeterStateNotGood)]
    [InlineData("\"EF\":\"\"", "\"EF\":\"E\"", OcmfFault.ErrorFlags)]
    [InlineData("\"EF\":\"\"", "\"EF\":\"t\"", OcmfFault.ErrorFlags)]
    [InlineData("0 S", "0 U", OcmfFault.ClockNotSynchronised)]
    [InlineData("0 S", "0", OcmfFault.ClockNotSynchronised)]
    [InlineData("kWh", "MWh", OcmfFault.UnitUnknown)]
    [InlineData(",\"RU\":\"kWh\"", "", OcmfFault.UnitUnknown)]
    [InlineData("\"RV\":1.5", "\"RV\":4.26", OcmfFault.ReadingRunsBack)]
    [InlineData("T08:", "T10:", OcmfFault.TimeRunsBack)]
    [InlineData("\"TX\":\"B\"", "\"TX\":\"C\"", OcmfFault.MissingBegin)]
    [InlineData("\"TX\":\"B\"", "\"TX\":\"T\"", OcmfFault.MissingBegin)]
    [InlineData("\"TX\":\"B\"", "\"TX\":\"\"", OcmfFault.MissingBegin)]
    public void A_begin_reading_that_is_wrong_is_told_by_its_reason(string good, string wrong, OcmfFault fault)
    {
        Assert.Contains(good, Craft.Good, StringComparison.Ordinal);
        var verdict = Craft.Verdict(One(Craft.Good.Replace(good, wrong, StringComparison.Ordinal), Craft.GoodEnd));
        Assert.Equal(OcmfSignatureState.Valid, verdict.Signature);
        Assert.False(verdict.Admissible);
        Assert.Equal([fault], verdict.Reasons);
    }

    [Fact]
    public void An_exception_during_charging_spoils_the_record()
    {
        var middle = """{"TM":"2024-05-01T08:30:00,000+0200 S","TX":"X","RV":2}""";
        Assert.Equal([OcmfFault.ChargingException], Craft.Verdict(One(Craft.Good + "," + middle, Craft.GoodEnd)).Reasons);
    }

    [Fact]
    public void All_ends_of_the_standard_end_a_transaction()
    {
        foreach (var letter in "ELRAP")
            Assert.Equal(2750m, Craft.Verdict(One(Craft.Good, Craft.GoodEnd.Replace("\"E\"", $"\"{letter}\"", StringComparison.Ordinal))).EnergyWh);
    }

    [Fact]
    public void What_the_clock_must_be_worth_depends_on_what_is_billed()
    {
        var (i, r) = (Craft.Good.Replace("0 S", "0 I", StringComparison.Ordinal), Craft.GoodEnd.Replace("0 S", "0 R", StringComparison.Ordinal));
        bool Admitted(string begin, string end, OcmfClockDemand clock) => Craft.Verdict(One(begin, end), clock).Admissible;

        Assert.All(Enum.GetValues<OcmfClockDemand>(), clock => Assert.True(Admitted(Craft.Good, Craft.GoodEnd, clock)));
        Assert.True(Admitted(i, r, OcmfClockDemand.Energy));
        Assert.True(Admitted(i, r, OcmfClockDemand.Duration));
        Assert.False(Admitted(i, r, OcmfClockDemand.TimeOfDay));
        Assert.True(Admitted(Craft.Good, r.Replace("0 R", "0 I", StringComparison.Ordinal), OcmfClockDemand.Energy));
        Assert.False(Admitted(Craft.Good, r.Replace("0 R", "0 I", StringComparison.Ordinal), OcmfClockDemand.Duration));
        Assert.All(Enum.GetValues<OcmfClockDemand>(), clock => Assert.False(Admitted(Craft.Good, r.Replace("0 R", "0 U", StringComparison.Ordinal), clock)));
    }

    [Fact]
    public void A_power_failure_spoils_a_record_only_where_time_is_billed()
    {
        var end = Craft.GoodEnd.Replace("\"E\"", "\"P\"", StringComparison.Ordinal);
        Assert.True(Craft.Verdict(One(Craft.Good, end)).Admissible);
        Assert.Equal([OcmfFault.ChargingException], Craft.Verdict(One(Craft.Good, end), OcmfClockDemand.Duration).Reasons);
    }

    [Fact]
    public void A_register_that_is_not_billed_may_go_down_when_it_is_no_total()
    {
        var other = """{"RV":9.0,"RI":"1-0:1.9.0"},{"RV":0.5,"RI":"1-0:1.9.0"}""";
        Assert.True(Craft.Verdict(One(Craft.Good, $"{Craft.GoodEnd},{other}")).Admissible);
        Assert.Equal([OcmfFault.ReadingRunsBack], Craft.Verdict(One(Craft.Good,
            $"{Craft.GoodEnd},{other.Replace("1.9.0", "2.8.0", StringComparison.Ordinal)}")).Reasons);
    }

    [Fact]
    public void Begin_and_end_may_stand_in_two_records()
    {
        var verdicts = Craft.Verdicts(Begin("T7"), Later("T8", "C", "2", "09"), Later("T9", "E", "4.25", "10"));
        Assert.All(verdicts, verdict => Assert.True(verdict.Admissible));
        Assert.Equal((1500m, null, null), (verdicts[0].BeginWh, verdicts[0].EndWh, verdicts[0].EnergyWh));
        Assert.Equal((1500m, 4250m, 2750m), (verdicts[2].BeginWh, verdicts[2].EndWh, verdicts[2].EnergyWh));
    }

    [Fact]
    public void An_end_without_a_begin_and_an_end_of_another_register_are_told()
    {
        Assert.Equal([OcmfFault.MissingBegin], Craft.Verdict(Later("T9", "E", "4")).Reasons);
        var other = Later("T2", "E", "4").Replace("1-0:1.8.0", "1-0:2.8.0", StringComparison.Ordinal);
        var payload = other.Split('|')[1];
        Assert.Equal([OcmfFault.MissingBegin], Craft.Verdicts(Begin("T1"), Craft.Signed(payload))[1].Reasons);
    }

    [Fact]
    public void A_transaction_without_end_is_told_where_it_began()
    {
        var records = new[] { Begin("T1"), Begin("T2", "2"), Later("T3", "E", "3"), Begin("T4", "4") };
        var key = OcmfPublicKey.Of(Craft.Key()).ToString();
        var file = OcmfFile.Write(records.Select(record => new OcmfValue { SignedData = record, PublicKey = key }));
        var lines = OcmfReport.Judge("x.xml", System.Text.Encoding.UTF8.GetBytes(file));
        Assert.Equal([true, false, false, true], lines.Select(line => line.Reasons.Contains(OcmfFault.MissingEnd)));
        Assert.Equal([OcmfFault.MissingEnd], lines[0].Reasons);
        Assert.Equal([OcmfFault.MissingEnd], lines[3].Reasons);
        Assert.False(lines[0].Admissible);
        Assert.Equal(1000m, lines[2].EnergyWh);
        Assert.Equal([OcmfFault.MissingEnd], Craft.Verdict(One(Craft.Good + "," + Craft.Good, Craft.GoodEnd)).Reasons);
    }

    [Theory]
    [InlineData("T3", OcmfFault.PaginationGap)]
    [InlineData("T1", OcmfFault.PaginationGap)]
    [InlineData("T0", OcmfFault.PaginationGap)]
    [InlineData("T2", null)]
    public void Pagination_goes_up_by_one(string page, OcmfFault? fault)
    {
        var verdicts = Craft.Verdicts(One(Craft.Good, Craft.GoodEnd), One(Craft.Good.Replace("1.5", "4.25", StringComparison.Ordinal), Craft.GoodEnd, page));
        Assert.True(verdicts[0].Admissible);
        Assert.Equal(fault is { } wanted ? [wanted] : [], verdicts[1].Reasons);
    }

    [Fact]
    public void A_record_shown_twice_is_not_billed_twice()
    {
        var record = One(Craft.Good, Craft.GoodEnd);
        var verdicts = Craft.Verdicts(record, record);
        Assert.Equal([OcmfFault.RecordRepeated], verdicts[1].Reasons);
        Assert.Null(verdicts[1].EnergyWh);
    }

    [Fact]
    public void An_old_record_does_not_move_the_meter_back()
    {
        var (first, second) = (One(Craft.Good, Craft.GoodEnd), One(Craft.Good.Replace("1.5", "4.25", StringComparison.Ordinal), Craft.GoodEnd, "T2"));
        var third = One(Craft.Good.Replace("1.5", "4.25", StringComparison.Ordinal), Craft.GoodEnd, "T3");
        Assert.True(Craft.Verdicts(first, second, first, third)[3].Admissible);
    }

    [Fact]
    public void Contexts_and_meters_are_counted_apart()
    {
        var fiscal = Craft.Signed(Craft.Payload("""{"TM":"2024-05-01T09:00:00,000+0200 S","RV":4.25,"RI":"1-0:1.8.0","RU":"kWh","EF":"","ST":"G"}""", "F9"));
        var other = Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}", "T40", "\"MS\":\"m2\""));
        Assert.All(Craft.Verdicts(One(Craft.Good, Craft.GoodEnd), fiscal, other), verdict => Assert.True(verdict.Admissible));
    }

    [Fact]
    public void A_register_that_runs_back_from_one_record_to_the_next_is_told()
    {
        var verdicts = Craft.Verdicts(One(Craft.Good, Craft.GoodEnd), One(Craft.Good, Craft.GoodEnd, "T2"));
        Assert.Equal([OcmfFault.ReadingRunsBack], verdicts[1].Reasons);
    }

    [Fact]
    public void A_register_that_ran_back_is_held_to_the_highest_it_ever_showed()
    {
        string Of(string page, string begin, string end) => One(Craft.Good.Replace("1.5", begin, StringComparison.Ordinal),
            Craft.GoodEnd.Replace("4.25", end, StringComparison.Ordinal), page);
        var verdicts = Craft.Verdicts(Of("T1", "1.5", "4.25"), Of("T2", "2", "3"), Of("T3", "3", "4"), Of("T4", "4.25", "5"));
        Assert.Equal([true, false, false, true], verdicts.Select(verdict => verdict.Admissible));
        Assert.Equal([OcmfFault.ReadingRunsBack], verdicts[2].Reasons);
    }

    [Fact]
    public void A_register_of_the_transaction_starts_again_with_each()
    {
        string Of(string page) => Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}".Replace("1-0:1.8.0", "01-00:B2.08.00*FF",
            StringComparison.Ordinal), page));
        Assert.All(Craft.Verdicts(Of("T1"), Of("T2")), verdict => Assert.True(verdict.Admissible));
        var back = Of("T1").Split('|')[1].Replace("\"RV\":1.5", "\"RV\":5", StringComparison.Ordinal);
        Assert.Equal([OcmfFault.ReadingRunsBack], Craft.Verdict(Craft.Signed(back)).Reasons);
    }

    [Fact]
    public void An_end_after_an_inadmissible_record_of_its_transaction_is_not_admissible()
    {
        var verdicts = Craft.Verdicts(Begin("T1"), Later("T2", "C", "2", ef: "E"), Later("T3", "E", "3"), Begin("T4", "3"), Later("T5", "E", "4"));
        Assert.Equal([OcmfFault.ErrorFlags], verdicts[1].Reasons);
        Assert.Equal([OcmfFault.TransactionNotAdmissible], verdicts[2].Reasons);
        Assert.True(verdicts[4].Admissible);
    }

    [Fact]
    public void A_record_with_a_bad_signature_is_not_remembered()
    {
        var forged = One(Craft.Good, Craft.GoodEnd, "T900");
        using var stranger = Craft.Key(8);
        var judge = new OcmfJudge();
        var key = OcmfPublicKey.Of(Craft.Key());
        Assert.True(judge.Judge(Craft.Record(One(Craft.Good, Craft.GoodEnd)), key).Admissible);
        var verdict = judge.Judge(Craft.Record(forged), OcmfPublicKey.Of(stranger));
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.BadSignature), (verdict.Signature, Assert.Single(verdict.Reasons)));
        Assert.True(judge.Judge(Craft.Record(One(Craft.Good.Replace("1.5", "4.25", StringComparison.Ordinal), Craft.GoodEnd, "T2")), key).Admissible);
    }

    [Fact]
    public void Without_a_usable_key_nothing_is_shown()
    {
        var record = One(Craft.Good, Craft.GoodEnd);
        var judge = new OcmfJudge();
        OcmfVerdict With(string? key) => judge.Judge(new OcmfValue { SignedData = record, PublicKey = key });
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.KeyMissing), (With(null).Signature, Assert.Single(With(null).Reasons)));
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.KeyUnusable), (With("00").Signature, Assert.Single(With("00").Reasons)));
    }

    [Fact]
    public void A_record_that_names_no_meter_is_not_admissible()
    {
        var record = Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}", head: "\"GS\":\"\""));
        Assert.Equal([OcmfFault.UnknownMeter], Craft.Verdict(record).Reasons);
    }

    [Fact]
    public void Every_reason_has_its_sentence()
    {
        var texts = Enum.GetValues<OcmfFault>().Select(fault => fault.Text()).ToArray();
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.All(texts, text => Assert.EndsWith(".", text, StringComparison.Ordinal));
    }
}
