namespace Keten.Connectors.Invoices;

/// <summary>What a file of cases says of one rule and one document, or that a document that stands alone is good.</summary>
/// <param name="Place">The file, and which document in it.</param>
/// <param name="Rule">By its id; null where all must hold.</param>
/// <param name="Good">Whether the document must keep it.</param>
/// <param name="Document">The document.</param>
public sealed record InvoiceCase(string Place, string? Rule, bool Good, Group Document)
{
    /// <summary>The rule, where it is checked here.</summary>
    public InvoiceRule? Known => Rule is null ? null : InvoiceRules.Find(Rule);

    /// <summary>Whether it is about a rule that is not checked here.</summary>
    public bool Missing => Rule is not null && Known is null;

    /// <summary>The rules that the document breaks, of those that the case is about.</summary>
    public IReadOnlyList<InvoiceBreach> Breaches() =>
        Rule is null ? InvoiceRules.Check(Document)
        : Known is { } rule && rule.Breaches(Document).Count() is > 0 and var times ? [new InvoiceBreach(rule, times)] : [];

    /// <summary>Whether what is found is what the case says.</summary>
    public bool Agrees() => !Missing && Breaches().Count == 0 == Good;
}

/// <summary>Reads files of cases, as the keepers of EN 16931's validation artefacts write them («testSet»), and plain invoices.</summary>
public static class InvoiceCases
{
    /// <summary>The cases of a file: one for each rule that a document of it names, or one for a plain invoice.</summary>
    /// <exception cref="InvoiceFileException">It is neither.</exception>
    public static IReadOnlyList<InvoiceCase> Read(Stream file, string name)
    {
        var root = UblElement.Read(file);
        if (root.Name != "testSet") return [new InvoiceCase(name, Rule: null, Good: true, UblReader.Read(root))];
        var (cases, number) = (new List<InvoiceCase>(), 0);
        foreach (var test in root.Along("test"))
        {
            number++;
            var document = test.Children.FirstOrDefault(UblReader.IsInvoice) ?? throw new InvoiceFileException(InvoiceFault.UnknownDocument, $"Case {number} has no document.");
            var read = UblReader.Read(document);
            foreach (var said in test.Along("assert/success|error|warning")) cases.Add(new InvoiceCase($"{name}#{number}", said.Text, said.Name == "success", read));
        }
        return cases;
    }
}
