using Keten.Kernel;

namespace Keten.Connectors.Invoices;

/// <summary>One thing that is sold.</summary>
/// <param name="Id">Its identifier within the invoice (BT-126).</param>
/// <param name="Name">What it is (BT-153).</param>
/// <param name="Quantity">How much, more than nothing (BT-129).</param>
/// <param name="Unit">Of what, by UN/ECE Recommendation 20 (BT-130): KWH, C62.</param>
/// <param name="NetCents">What it costs without VAT (BT-131).</param>
/// <param name="Object">What on the ledger it is for (BT-128): the transaction that charged; null for none.</param>
/// <param name="From">The first day of its period (BT-134).</param>
/// <param name="To">The last (BT-135).</param>
public sealed record InvoiceItem(string Id, string Name, decimal Quantity, string Unit, long NetCents, string? Object, Instant From, Instant To);

/// <summary>A document that bears an invoice out (BG-24).</summary>
/// <param name="Reference">By which it is known again (BT-122): its SHA-256, in hexadecimal digits.</param>
/// <param name="Description">What it is (BT-123).</param>
public sealed record InvoiceSupport(string Reference, string Description);

/// <summary>All that an invoice or a credit note says, before it is written. Its totals follow from it.</summary>
/// <param name="Number">BT-1.</param>
/// <param name="IssuedOn">The day (BT-2).</param>
/// <param name="DueOn">The day on which it is to be paid or drawn (BT-9).</param>
/// <param name="Currency">ISO 4217, with cents (BT-5).</param>
/// <param name="Profile">Who, taxed and paid how.</param>
/// <param name="Items">At least one, at most 10,000.</param>
/// <param name="PaidCents">What has been paid (BT-113).</param>
/// <param name="DueCents">What the ledger says is owed of it (BT-115). Where each item's VAT was rounded by itself, the sum may be some cents off: that is told as rounding (BT-114).</param>
/// <param name="Support">What bears it out.</param>
/// <param name="Credits">The number of the invoice that this credits, where it is a credit note; null where it is an invoice (BT-25).</param>
public sealed record InvoiceDraft(
    string Number, Instant IssuedOn, Instant DueOn, string Currency, InvoiceProfile Profile, IReadOnlyList<InvoiceItem> Items, long PaidCents, long DueCents, IReadOnlyList<InvoiceSupport> Support,
    string? Credits = null)
{
    /// <summary>No invoice has more lines.</summary>
    public const int ItemsAtMost = 10_000;

    /// <summary>The sum of the lines (BT-106), which is the amount without VAT (BT-109).</summary>
    public decimal Net => Items.Sum(item => item.NetCents) / 100m;

    /// <summary>The VAT on it (BT-110).</summary>
    public decimal Vat => Rounding.Vat(Net, Profile.Vat.Percent ?? 0);

    /// <summary>With VAT (BT-112).</summary>
    public decimal Gross => Net + Vat;

    /// <summary>What was paid (BT-113).</summary>
    public decimal Paid => PaidCents / 100m;

    /// <summary>What is due (BT-115).</summary>
    public decimal Due => DueCents / 100m;

    /// <summary>What rounding each item by itself made (BT-114).</summary>
    public decimal RoundedBy => Due - (Gross - Paid);

    /// <summary>Looks whether it can be written.</summary>
    /// <exception cref="FormatException">It cannot; the message says why.</exception>
    public void Check()
    {
        if (Items.Count is 0 or > ItemsAtMost) throw new FormatException($"An invoice has 1 to {ItemsAtMost} lines, not {Items.Count}.");
        if (Items.FirstOrDefault(item => item.Quantity <= 0) is { } none) throw new FormatException($"Line {none.Id} is of nothing.");
        // A cent for each line, and one for the invoice's own rounding: more is no rounding.
        if (Math.Abs(RoundedBy) * 100 > Items.Count + 1) throw new FormatException($"The lines come to {Gross - Paid:0.00} with VAT, and {Due:0.00} is owed: the profile's VAT is not that of the tariff.");
    }
}
