using System.Globalization;

namespace Keten.Connectors.Invoices;

/// <summary>One information element of EN 16931-1 as a document has it.</summary>
/// <param name="Id">Which: BT-1 to BT-165.</param>
/// <param name="Element">Where it stands in UBL, with its attributes: scheme, list, unit and currency.</param>
public sealed record Term(string Id, UblElement Element)
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private const decimal Limit = 1_000_000_000_000m;
    private const int DecimalsAtMost = 10;

    /// <summary>What it says.</summary>
    public string Text => Element.Text;

    /// <summary>As an exact decimal; null where it is none, or of more than 12 digits before the point or 10 behind it.</summary>
    public decimal? Number => decimal.TryParse(Text, Plain, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < Limit && Decimals <= DecimalsAtMost ? value : null;

    /// <summary>How many digits stand behind the point.</summary>
    public int Decimals => Text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? Text.Length - point - 1 : 0;

    /// <summary>As a day, written 2026-01-31; null where it is none. A time zone behind it, which XML's dates may have, says nothing here.</summary>
    public DateOnly? Day => Text.Length >= 10 && DateOnly.TryParseExact(Text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <summary>A group of information elements of EN 16931-1: the whole invoice, or one of BG-1 to BG-32. Read by <see cref="UblReader"/>.</summary>
public sealed class Group
{
    private readonly List<Term> terms = [];
    private readonly List<Group> groups = [];

    internal Group(string id, Group? parent, UblElement element) => (Id, Parent, Element) = (id, parent, element);

    /// <summary>Which: BG-4; the whole is <see cref="UblBinding.Whole"/>.</summary>
    public string Id { get; }

    /// <summary>What it is a part of; null of the whole.</summary>
    public Group? Parent { get; }

    /// <summary>Where it stands in UBL.</summary>
    public UblElement Element { get; }

    /// <summary>The whole invoice.</summary>
    public Group Invoice => Parent is null ? this : Parent.Invoice;

    /// <summary>Its elements.</summary>
    public IReadOnlyList<Term> Terms => terms;

    /// <summary>Its groups.</summary>
    public IReadOnlyList<Group> Groups => groups;

    /// <summary>The first element of an id that says something; null where there is none.</summary>
    public Term? this[string id] => terms.Find(term => term.Id == id && term.Text.Length > 0);

    /// <summary>Whether an element is there and says something.</summary>
    public bool Has(string id) => this[id] is not null;

    /// <summary>What an element says; empty where it is missing.</summary>
    public string Text(string id) => this[id]?.Text ?? "";

    /// <summary>What an element says as a number; null where it is missing or none.</summary>
    public decimal? Number(string id) => this[id]?.Number;

    /// <summary>All groups of an id within, however deep; itself where it is one.</summary>
    public IEnumerable<Group> All(string id) => (Id == id ? [this] : Enumerable.Empty<Group>()).Concat(groups.SelectMany(group => group.All(id)));

    /// <summary>All elements of an id within, however deep.</summary>
    public IEnumerable<Term> Every(string id) => terms.Where(term => term.Id == id).Concat(groups.SelectMany(group => group.Every(id)));

    internal void Add(Term term) => terms.Add(term);

    internal void Add(Group group) => groups.Add(group);
}
