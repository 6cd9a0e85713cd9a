using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Keten.Codecs.Reading;

/// <summary>What a type's documentation says, as plain words.</summary>
internal static class Words
{
    /// <summary>The first sentence of the summary; empty where there is none.</summary>
    public static string Of(INamedTypeSymbol type) => FirstSentence(Plain(Parse(type)?.Element("summary")));

    /// <summary>What is said of each parameter of a positional record.</summary>
    public static Dictionary<string, string> OfParameters(INamedTypeSymbol type)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in Parse(type)?.Elements("param") ?? [])
            if (parameter.Attribute("name")?.Value is { } name) words[name] = Plain(parameter);
        return words;
    }

    private static XElement? Parse(INamedTypeSymbol type)
    {
        var xml = type.GetDocumentationCommentXml();
        if (string.IsNullOrWhiteSpace(xml)) return null;
        try
        {
            return XElement.Parse(xml);
        }
        catch (XmlException)
        {
            return null;    // the compiler itself says what is wrong with it
        }
    }

    private static string Plain(XElement? element)
    {
        if (element is null) return "";
        var text = new StringBuilder();
        Flatten(element, text);
        return string.Join(" ", text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Flatten(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText plain) text.Append(plain.Value);
            else if (node is XElement { IsEmpty: false } inner) Flatten(inner, text);
            else if (node is XElement empty) text.Append(LastName(empty));
        }
    }

    // «M:Keten.Kernel.Exact.Share(System.Int64)» is said as «Share».
    private static string LastName(XElement reference)
    {
        var name = (reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword"))?.Value ?? "";
        name = name.Split('(')[0];
        return name.Substring(name.LastIndexOfAny(['.', ':']) + 1).Split('`', '{')[0];
    }

    private static string FirstSentence(string text)
    {
        for (var i = 0; i + 2 < text.Length; i++)
            if (text[i] is '.' or '!' or '?' && text[i + 1] == ' ' && !char.IsLower(text[i + 2])) return text.Substring(0, i + 1);
        return text;
    }
}
