using System.Xml;

namespace Keten.Connectors.Sepa;

/// <summary>
/// An element of a bank's file with all that is in it, by local names: banks write namespaces of other versions, or none. Read piece by piece, so that a file's length costs no memory.
/// </summary>
internal sealed class XmlPiece
{
    /// <summary>No file is longer, in characters.</summary>
    public const long CharactersAtMost = 256L << 20;

    private const int DepthAtMost = 40;
    private const int PiecesAtMost = 500_000;
    private const int TextAtMost = 4_096;

    private readonly List<XmlPiece> children = [];

    private XmlPiece(string name, string? currency) => (Name, Currency) = (name, currency);

    public string Name { get; }

    public string Text { get; private set; } = "";

    /// <summary>The attribute Ccy.</summary>
    public string? Currency { get; }

    /// <summary>A reader that follows nothing out of the file.</summary>
    public static XmlReader Open(Stream file) => XmlReader.Create(file, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CharactersAtMost, MaxCharactersFromEntities = 1_024, IgnoreComments = true,
        IgnoreProcessingInstructions = true, IgnoreWhitespace = true, CloseInput = false,
    });

    /// <summary>The element that the reader stands on; the reader then stands behind it.</summary>
    public static XmlPiece Read(XmlReader reader)
    {
        var root = new XmlPiece(reader.LocalName, reader.GetAttribute("Ccy"));
        var (open, count) = (new Stack<XmlPiece>(), 0);
        var piece = root;
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return root;
        }
        open.Push(root);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                if (open.Count >= DepthAtMost || ++count > PiecesAtMost) throw new SepaFileException(SepaFault.TooLarge, $"An element {root.Name} holds more than is read at once.");
                piece = new XmlPiece(reader.LocalName, reader.GetAttribute("Ccy"));
                open.Peek().children.Add(piece);
                if (!reader.IsEmptyElement) open.Push(piece);
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                var here = open.Peek();
                if (here.Text.Length + reader.Value.Length > TextAtMost) throw new SepaFileException(SepaFault.TooLarge, $"A text in {here.Name} is longer than {TextAtMost} signs.");
                here.Text = (here.Text + reader.Value).Trim();
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                open.Pop();
                if (open.Count > 0) continue;
                reader.Read();
                return root;
            }
        }
        throw new SepaFileException(SepaFault.NotXml, $"The file ends within {root.Name}.");
    }

    /// <summary>The first element along a path of names with slashes between; null where there is none.</summary>
    public XmlPiece? At(string path)
    {
        XmlPiece? piece = this;
        foreach (var name in path.Split('/'))
            if ((piece = piece!.children.Find(child => child.Name == name)) is null) return null;
        return piece;
    }

    /// <summary>The text along the first of several paths that has one; null where none has.</summary>
    public string? Say(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (At(path) is { Text.Length: > 0 } found) return found.Text;
        return null;
    }

    /// <summary>All elements of a name, right within.</summary>
    public IEnumerable<XmlPiece> All(string name) => children.Where(child => child.Name == name);

    /// <summary>Everything of a name, however deep.</summary>
    public IEnumerable<XmlPiece> Deep(string name)
    {
        var open = new Stack<XmlPiece>();
        open.Push(this);
        while (open.TryPop(out var piece))
        {
            if (piece.Name == name) yield return piece;
            for (var each = piece.children.Count - 1; each >= 0; each--) open.Push(piece.children[each]);
        }
    }
}
