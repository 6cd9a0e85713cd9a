namespace Keten.Tests.Codecs;

public class GeneratorTests
{
    [Fact]
    public void A_sound_contract_has_no_findings() =>
        Assert.Empty(Compiled.Findings(Compiled.Contract("public readonly record struct Row(ulong Number, string? Text);")));

    [Fact]
    public void A_field_without_a_form_does_not_compile()
    {
        string[] types =
        [
            "double", "decimal", "sbyte", "char", "System.Guid", "System.DateTime", "object", "int[]", "List<int>", "Dictionary<int, int>", "(int A, int B)",
            "Many<Many<int>>", "Signed<int>", "Records<Hash, Hash>", "Action", "Agree[]", "Hidden",
        ];
        var rows = string.Join(' ', types.Select((type, i) => $"internal sealed record Row{i}({type} Bad);"));
        var findings = Compiled.Findings(Compiled.Contract($"private sealed record Hidden(int A); {rows}"))
            .Where(each => each.StartsWith("KTN", StringComparison.Ordinal)).ToArray();
        Assert.Equal(types.Length, findings.Length);
        Assert.All(findings, (each, i) => Assert.StartsWith($"KTN001 Deal.Row{i}.Bad ", each, StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_holds_no_absent_elements() =>
        Assert.Contains(
            Compiled.Findings(Compiled.Contract("public readonly record struct Row(Many<int?> Bad);")),
            each => each.StartsWith("KTN001 Deal.Row.Bad", StringComparison.Ordinal));

    [Theory]
    [InlineData("public enum E { A, B = 1 }", "KTN001 Deal.Row.E has no canonical form: E.A needs an explicit number, for ever")]
    [InlineData("public enum E { A = -1 }", "KTN001 Deal.Row.E has no canonical form: E.A is negative")]
    [InlineData("public enum E { A = 1, B = 1 }", "KTN001 Deal.Row.E has no canonical form: E.A and E.B have one number")]
    [InlineData("public enum E { }", "KTN001 Deal.Row.E has no canonical form: the enum E names no value")]
    public void An_enum_is_numbered_by_hand(string declared, string finding) =>
        Assert.Contains(finding, Compiled.Findings(Compiled.Contract($"{declared} public readonly record struct Row(E E);")));

    [Theory]
    [InlineData("public sealed record Row(int A) { public int B { get; init; } }", "KTN001 Deal.Row.B ")]
    [InlineData("public record Base(int A); public sealed record Row(int A, int B) : Base(A);", "KTN001 Deal.Row ")]
    [InlineData("public sealed record Row<T>(int A);", "KTN001 Deal.Row ")]
    [InlineData("public readonly struct Done : IEvent;", "KTN001 Deal.Done ")]
    public void What_a_form_would_lose_does_not_compile(string declared, string finding) =>
        Assert.Contains(Compiled.Findings(Compiled.Contract(declared)), each => each.StartsWith(finding, StringComparison.Ordinal));

    [Theory]
    [InlineData("public sealed record Row(Row? Next);", "KTN002 Deal.Row.Next")]
    [InlineData("public sealed record Row(Many<Row> Rows);", "KTN002 Deal.Row.Rows")]
    [InlineData("public sealed record Row(Cell? Cell); public sealed record Cell(Signed<Row>? Row);", "KTN002 Deal.Cell.Row")]
    [InlineData("public sealed record Row(Deal? Deal); ", "")]
    public void A_record_does_not_contain_itself(string declared, string finding)
    {
        var found = Compiled.Findings(Compiled.Contract(declared)).Where(each => each.StartsWith("KTN", StringComparison.Ordinal)).ToList();
        if (finding.Length == 0) Assert.Empty(found);
        else Assert.StartsWith(finding, Assert.Single(found), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_do_not_nest_deeper_than_the_format_does()
    {
        var nested = string.Concat(Enumerable.Range(1, 12).Select(i => $"public sealed record R{i}(R{i - 1} Inner);")) + "public sealed record R0(int A);";
        Assert.StartsWith("KTN002 Deal.R12", Assert.Single(Compiled.Findings(Compiled.Contract(nested))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Amount", "KTN003 Deal.Row.Bad ")]
    [InlineData("string", "KTN003 Deal.Row.Bad ")]
    [InlineData("int?", "KTN003 Deal.Row.Bad ")]
    [InlineData("Owner", "KTN003 Deal.Row.Bad ")]
    [InlineData("Hash Other, Hash Third, Hash", "KTN003 Deal.Row ")]
    public void A_key_has_fixed_and_ordered_bytes(string type, string finding)
    {
        var source = Compiled.Contract($"public static readonly Records<Row, Row> Rows = new(1); public readonly record struct Row(int Good, {type} Bad);");
        Assert.Contains(Compiled.Findings(source), each => each.StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_codecs_do_not_share_a_name() => Assert.Contains(
        "KTN004 Two codecs of Deal would be called State: rename a record", Compiled.Findings(Compiled.Contract("public sealed record State(int A);")));

    [Fact]
    public void What_is_generated_does_not_depend_on_the_order_of_files()
    {
        var first = Compiled.Contract("public readonly record struct Row(Shared A, Twin.Line B, Mandate C);", beside: "public sealed record Shared(int A);");
        var second = first.Replace("Deal", "Twin", StringComparison.Ordinal).Replace("Row", "Line", StringComparison.Ordinal)
            .Replace("Shared A, Twin.Line B", "Shared A", StringComparison.Ordinal)
            .Replace("public sealed record Shared(int A);", "", StringComparison.Ordinal);
        var files = Compiled.Files(first, second);
        Assert.Equal(
            ["Tried.Codecs.Deal.g.cs", "Tried.Codecs.Shared.g.cs", "Tried.Codecs.Twin.g.cs", "Tried.ForeignCodecs.Keten_Kernel_Mandate.g.cs"],
            files.Keys.Order());
        Assert.Equal(files.OrderBy(file => file.Key), Compiled.Files(second, first).OrderBy(file => file.Key));
        Assert.DoesNotContain('\r', files["Tried.Codecs.Deal.g.cs"]);
    }

    [Fact]
    public void An_edit_elsewhere_writes_nothing_again() => Assert.True(Compiled.IsCachedAfter(
        Compiled.Contract("public readonly record struct Row(Amount A, Mandate B);"), "class Elsewhere { int A; }", "class Elsewhere { int B; }"));
}
