using Microsoft.CodeAnalysis;

namespace Keten.Tests.Codecs;

public class AnalyzerTests
{
    [Theory]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "No."), B = new(2, "Nor that.");""", "")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "No."), B = new(1, "Nor that.");""", "KTN010 Deal refuses with number 1 already")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "No."); static Refusal<Deal> B { get; } = new Refusal<Deal>(sentence: "Nor that.", number: 1);""",
        "KTN010 Deal refuses with number 1 already")]
    [InlineData("""const int N = 3; static readonly Refusal<Deal> A = new(3, "No."), B = new(N, "Nor that.");""", "KTN010 Deal refuses with number 3 already")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "No."); static class Inner { static readonly Refusal<Deal> B = new(1, "Nor that."); }""", "")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "");""", "KTN011 ")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, "No");""", "KTN011 ")]
    [InlineData("""static readonly Refusal<Deal> A = new(1, " .");""", "KTN011 ")]
    [InlineData("static readonly Records<Hash, Hash> A = new(1); static readonly Records<Hash, Hash> B = new(2);", "")]
    [InlineData("static readonly Records<Hash, Hash> A = new(1); static readonly Records<ulong, Hash> B = new(1);", "KTN012 Deal has a table 1 already")]
    public void Refusals_and_tables_are_numbered_once(string members, string finding) => Single(members, finding);

    private const string Page = """
        public sealed class Contract<T> { public Contract<T> Opens(byte n, object c) => this; public Contract<T> Does(byte n, object c) => this;
            public Contract<T> Tells(byte n, object c) => this; public Contract<T> Keeps(object t, object c) => this; }
        """;

    private const string Listed = """
        public readonly record struct Use(int Count) : IClause<Deal>
        {
            public Signers MustSign(Deal agreed, Facts facts) => throw new NotSupportedException();
            public Outcome<Deal> Decide(Deal agreed, Facts facts) => throw new NotSupportedException();
        }
        public readonly record struct Used(int Count) : IEvent;
        public readonly record struct Row(int Count);
        public static readonly Records<Hash, Row> Rows = new(1);
        """;

    [Theory]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Does(2, Codecs.Deal.Use).Tells(1, Codecs.Deal.Used).Keeps(Rows, Codecs.Deal.Row)", "")]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Tells(1, Codecs.Deal.Used).Keeps(Rows, Codecs.Deal.Row)", "KTN013 Deal.Use is not listed in Contents")]
    [InlineData(".Does(2, Codecs.Deal.Use).Tells(1, Codecs.Deal.Used).Keeps(Rows, Codecs.Deal.Row)", "KTN013 Deal.Agree is not listed in Contents")]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Does(2, Codecs.Deal.Use).Keeps(Rows, Codecs.Deal.Row)", "KTN013 Deal.Used is not listed in Contents")]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Does(2, Codecs.Deal.Use).Tells(1, Codecs.Deal.Used)", "KTN013 The table Deal.Rows is not listed in Contents")]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Does(1, Codecs.Deal.Use).Tells(1, Codecs.Deal.Used).Keeps(Rows, Codecs.Deal.Row)",
        "KTN013 Deal has a second clause 1")]
    [InlineData(".Opens(1, Codecs.Deal.Agree).Does(2, Codecs.Deal.Use).Tells(1, Codecs.Deal.Used).Tells(1, Codecs.Deal.Used).Keeps(Rows, Codecs.Deal.Row)",
        "KTN013 Deal has a second event 1")]
    public void The_contents_page_lists_everything_once(string chain, string finding) =>
        Single($"{Listed} public static readonly Contract<Deal> Contents = new Contract<Deal>(){chain};", finding, Page);

    [Theory]
    [InlineData("try { } catch (ArgumentException) { }", "KTN014 ")]
    [InlineData("try { } catch when (Keeper.IsNone) { }", "KTN014 ")]
    [InlineData("try { } finally { }", "")]
    [InlineData("foreach (var x in new List<int>()) { }", "KTN015 ")]
    [InlineData("foreach (var x in (IEnumerable<int>)new int[2]) { }", "KTN015 ")]
    [InlineData("foreach (var x in \"text\") { }", "KTN015 ")]
    [InlineData("foreach (var x in new int[2]) { }", "")]
    [InlineData("foreach (var x in default(Many<int>)) { }", "")]
    [InlineData("foreach (var x in default(ReadOnlySpan<int>)) { }", "")]
    [InlineData("while (true) { }", "KTN016 ")]
    [InlineData("do { } while (true);", "KTN016 ")]
    [InlineData("for (;;) { }", "KTN016 ")]
    [InlineData("for (var i = 0; true; i++) { }", "KTN016 ")]
    [InlineData("for (var i = 0; i < 9; i++) { }", "")]
    [InlineData("while (Keeper.IsNone) { }", "")]
    public void A_contract_neither_catches_nor_loops_without_end(string statement, string finding)
    {
        // In the contract, in what it nests, and in what stands beside it in a library of contracts.
        var source = Compiled.Contract(
            $"void Do() {{ {statement} }} public readonly record struct Row(Party Keeper) {{ void Do() {{ {statement} }} }}",
            beside: $"static class Beside {{ static void Do(Party Keeper) {{ {statement} }} }}");
        var found = Compiled.Findings(source);
        Assert.Equal(finding.Length == 0 ? 0 : 3, found.Length);
        Assert.All(found, each => Assert.StartsWith(finding, each, StringComparison.Ordinal));
    }

    [Fact]
    public void A_host_may_catch_beside_its_contracts()
    {
        const string Beside = "static class Host { static void Main() { try { } catch (ArgumentException) { } foreach (var x in new List<int>()) { } } }";
        Assert.Empty(Compiled.Findings(Compiled.Contract("", beside: Beside), OutputKind.ConsoleApplication));
        Assert.Equal(2, Compiled.Findings(Compiled.Contract("", beside: Beside)).Length);
        var within = Compiled.Contract("void Do() { try { } catch (ArgumentException) { } }", beside: Beside);
        Assert.Single(Compiled.Findings(within, OutputKind.ConsoleApplication));
    }

    private static void Single(string members, string finding, string beside = "")
    {
        var found = Compiled.Findings(Compiled.Contract(members, beside: beside));
        if (finding.Length == 0) Assert.Empty(found);
        else Assert.StartsWith(finding, Assert.Single(found), StringComparison.Ordinal);
    }
}
