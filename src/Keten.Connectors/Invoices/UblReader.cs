namespace Keten.Connectors.Invoices;

/// <summary>Reads UBL 2.1 invoices and credit notes (OASIS UBL 2.1; binding of EN 16931-1 by CEN/TS 16931-3-2) as the groups and terms of the semantic model.</summary>
public static class UblReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvoiceFileException">It is no UBL Invoice or CreditNote.</exception>
    public static Group Read(Stream file) => Read(UblElement.Read(file));

    /// <summary>Reads a document that stands within another file.</summary>
    /// <exception cref="InvoiceFileException">It is no UBL Invoice or CreditNote.</exception>
    public static Group Read(UblElement root)
    {
        if (!IsInvoice(root)) throw new InvoiceFileException(InvoiceFault.UnknownDocument, $"Its root is {root.Name} of {root.Space}.");
        var invoice = new Group(UblBinding.Whole, parent: null, root);
        Fill(invoice);
        return invoice;
    }

    /// <summary>Whether an element is the root of a UBL Invoice or CreditNote.</summary>
    public static bool IsInvoice(UblElement root) => (root.Name, root.Space) is ("Invoice", UblBinding.InvoiceSpace) or ("CreditNote", UblBinding.CreditNoteSpace);

    private static void Fill(Group group)
    {
        foreach (var bound in UblBinding.Terms(group.Id))
            foreach (var element in group.Element.Along(bound.Path))
                if (bound.Only?.Invoke(element, group.Element) != false) group.Add(new Term(bound.Id, element));
        foreach (var bound in UblBinding.Groups(group.Id))
            foreach (var element in group.Element.Along(bound.Path))
            {
                if (bound.Only?.Invoke(element, group.Element) == false) continue;
                var within = new Group(bound.Id, group, element);
                Fill(within);
                group.Add(within);
            }
    }
}
