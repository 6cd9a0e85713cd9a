using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Keten.Codecs.Writing;

/// <summary>Text of C#, indented by its blocks; lines end the same on every machine.</summary>
internal sealed class Source
{
    public const string K = "Kernel::";
    public const string Writer = K + "Cbor.CborWriter writer";
    public const string Reader = "ref " + K + "Cbor.CborReader reader";

    private readonly StringBuilder text = new();
    private int depth;

    public Source Line(string line = "")
    {
        if (line.Length > 0) text.Append(' ', 4 * depth).Append(line);
        text.Append('\n');
        return this;
    }

    /// <summary>A line, and a block under it that <see cref="Close"/> ends.</summary>
    public Source Open(string line) => Line(line).Open();

    public Source Open()
    {
        Line("{");
        depth++;
        return this;
    }

    public Source Close(string after = "")
    {
        depth--;
        return Line("}" + after);
    }

    /// <summary>A line that belongs to the one before.</summary>
    public Source More(string line)
    {
        depth++;
        Line(line);
        depth--;
        return this;
    }

    public override string ToString() => text.ToString();

    public static string TypeName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static string Quoted(string words) => SymbolDisplay.FormatLiteral(words, quote: true);

    /// <summary>A name that may be a keyword.</summary>
    public static string Name(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
