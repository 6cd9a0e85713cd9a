using System.Text;
using Microsoft.CodeAnalysis;

namespace Keten.Codecs.Reading;

/// <summary>Where a type's codec stands: <c>Space.Root.Group.Member</c>; no group for what no contract nests, no space in the global namespace.</summary>
internal sealed record Place(string Space, string Root, string Group, string Member)
{
    /// <summary>As generated source refers to it.</summary>
    public string Path => "global::" + Dotted(Space, Root, Group, Member);

    /// <summary>Of a type of this compilation, or of a library's.</summary>
    public static Place Of(INamedTypeSymbol type, IAssemblySymbol here)
    {
        if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, here))
            return new Place(Identifier(here.Name), "ForeignCodecs", "", string.Join("_", FullName(type).Split('.')));
        var space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        var chain = Chain(type);
        var holder = chain.FindLastIndex(Kernel.IsHolder);
        if (holder < 0) return new Place(space, "Codecs", "", Joined(chain, 0));
        var member = holder == chain.Count - 1 ? "State" : Joined(chain, holder + 1) + Suffix(type);
        return new Place(space, "Codecs", Joined(chain.GetRange(0, holder + 1), 0), member);
    }

    /// <summary>«Charging.Charge»: the name that the codec bears.</summary>
    public static string NameOf(INamedTypeSymbol type) => string.Join(".", Chain(type).Select(each => each.Name));

    // The bytes of a key called «…Key» are called as it is; then its form as a record makes way.
    private static string Suffix(INamedTypeSymbol type) => type.Name.EndsWith("Key", StringComparison.Ordinal) && Kernel.Tables(type.ContainingType)
        .Any(table => SymbolEqualityComparer.Default.Equals(((INamedTypeSymbol)table.Type).TypeArguments[0], type)) ? "Record" : "";

    private static List<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        var chain = new List<INamedTypeSymbol>();
        for (var each = type; each is not null; each = each.ContainingType) chain.Insert(0, each);
        return chain;
    }

    private static string FullName(INamedTypeSymbol type) =>
        type.ContainingNamespace.IsGlobalNamespace ? NameOf(type) : type.ContainingNamespace.ToDisplayString() + "." + NameOf(type);

    private static string Joined(List<INamedTypeSymbol> chain, int from) => string.Join("_", chain.Skip(from).Select(each => each.Name));

    private static string Dotted(params string[] parts) => string.Join(".", parts.Where(part => part.Length > 0));

    private static string Identifier(string assembly)
    {
        var name = new StringBuilder();
        foreach (var character in assembly) name.Append(char.IsLetterOrDigit(character) || character is '_' or '.' ? character : '_');
        return name.ToString();
    }
}
