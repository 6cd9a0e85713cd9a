using System.Xml;

namespace Keten.Connectors.Invoices;

/// <summary>An element of a UBL document with all that is in it. Read with bounds on length, depth, number and text, and nothing is followed out of the file.</summary>
public sealed class UblElement
{
    /// <summary>No file is longer, in characters: most of it is what is embedded.</summary>
    public const long CharactersAtMost = 16L << 20;

    private const int DepthAtMost = 40;
    private const int ElementsAtMost = 500_000;
    private const int AttributesAtMost = 16;

    private readonly List<UblElement> children = [];
    private readonly List<(string Name, string Value)> attributes = [];

    private UblElement(XmlReader reader)
    {
        (Name, Space) = (reader.LocalName, reader.NamespaceURI);
        if (reader.AttributeCount > AttributesAtMost) throw new InvoiceFileException(InvoiceFault.TooLarge, $"An element {Name} has {reader.AttributeCount} attributes.");
        while (reader.MoveToNextAttribute())
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") attributes.Add((reader.LocalName, reader.Value.Trim()));
        reader.MoveToElement();
    }

    /// <summary>Without its prefix.</summary>
    public string Name { get; }

    /// <summary>Its namespace.</summary>
    public string Space { get; }

    /// <summary>What stands in it, trimmed.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What is right within it.</summary>
    public IReadOnlyList<UblElement> Children => children;

    /// <summary>An attribute; null where it is missing.</summary>
    public string? Attribute(string name) => attributes.Find(attribute => attribute.Name == name).Value;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvoiceFileException">It is none that is read.</exception>
    public static UblElement Read(Stream file)
    {
        try
        {
            using var reader = XmlReader.Create(file, Settings);
            return Read(reader);
        }
        catch (XmlException fault)
        {
            var kind = fault.Message.Contains("DTD", StringComparison.Ordinal) ? InvoiceFault.DocumentType
                : fault.Message.Contains("MaxCharacters", StringComparison.Ordinal) ? InvoiceFault.TooLarge : InvoiceFault.NotXml;
            throw new InvoiceFileException(kind, $"Line {fault.LineNumber}, place {fault.LinePosition}.");
        }
    }

    /// <summary>All elements along a path of names with slashes between; a name may say its alternatives, with bars between.</summary>
    public IEnumerable<UblElement> Along(string path)
    {
        IEnumerable<UblElement> here = [this];
        if (path.Length == 0) return here;
        foreach (var step in path.Split('/'))
        {
            var names = step.Split('|');
            here = here.SelectMany(each => each.children.Where(child => names.Contains(child.Name, StringComparer.Ordinal)));
        }
        return here;
    }

    /// <summary>Itself and everything within, in order.</summary>
    public IEnumerable<UblElement> Everything()
    {
        var open = new Stack<UblElement>();
        open.Push(this);
        while (open.TryPop(out var next))
        {
            yield return next;
            for (var each = next.children.Count - 1; each >= 0; each--) open.Push(next.children[each]);
        }
    }

    private static XmlReaderSettings Settings => new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CharactersAtMost, MaxCharactersFromEntities = 1_024, IgnoreComments = true,
        IgnoreProcessingInstructions = true, IgnoreWhitespace = true, CloseInput = false,
    };

    private static UblElement Read(XmlReader reader)
    {
        reader.MoveToContent();
        var root = new UblElement(reader);
        var (open, count) = (new Stack<UblElement>(), 0);
        if (!reader.IsEmptyElement) open.Push(root);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                if (open.Count >= DepthAtMost || ++count > ElementsAtMost) throw new InvoiceFileException(InvoiceFault.TooLarge, $"At element {reader.LocalName}.");
                var child = new UblElement(reader);
                open.Peek().children.Add(child);
                if (!reader.IsEmptyElement) open.Push(child);
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace) open.Peek().Text += reader.Value;
            else if (reader.NodeType == XmlNodeType.EndElement) open.Pop().Trim();
        }
        return root;
    }

    private void Trim() => Text = Text.Trim();
}
