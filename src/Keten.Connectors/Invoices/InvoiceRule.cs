namespace Keten.Connectors.Invoices;

/// <summary>A rule of EN 16931.</summary>
/// <param name="Id">As the standard names it: BR-CO-10.</param>
/// <param name="Sentence">What must hold, with the terms that it is about.</param>
/// <param name="Breaches">The groups of a document that break it.</param>
public sealed record InvoiceRule(string Id, string Sentence, Func<Group, IEnumerable<Group>> Breaches)
{
    /// <summary>A rule that each group of an id must keep.</summary>
    public static InvoiceRule Each(string id, string group, string sentence, Func<Group, bool> holds) =>
        new(id, sentence, invoice => invoice.All(group).Where(each => !holds(each)));

    /// <summary>A rule on the whole invoice.</summary>
    public static InvoiceRule Whole(string id, string sentence, Func<Group, bool> holds) => Each(id, UblBinding.Whole, sentence, holds);

    /// <summary>A rule that all elements of some ids must keep wherever they stand.</summary>
    public static InvoiceRule Terms(string id, string[] terms, string sentence, Func<Term, bool> holds) =>
        new(id, sentence, invoice => GroupsOf(invoice).SelectMany(group => group.Terms.Where(term => terms.Contains(term.Id, StringComparer.Ordinal) && !holds(term)).Select(_ => group)));

    /// <summary>A rule that all elements of UBL must keep that a choice takes: for attributes, which are no terms of their own.</summary>
    public static InvoiceRule Elements(string id, string sentence, Func<UblElement, bool> chosen, Func<UblElement, bool> holds) =>
        new(id, sentence, invoice => invoice.Element.Everything().Where(element => chosen(element) && !holds(element)).Select(_ => invoice));

    private static IEnumerable<Group> GroupsOf(Group group) => group.Groups.SelectMany(GroupsOf).Prepend(group);
}

/// <summary>A rule that a document breaks.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Times">How often.</param>
public sealed record InvoiceBreach(InvoiceRule Rule, int Times);
