using Microsoft.CodeAnalysis;

namespace Keten.Codecs;

/// <summary>Recognises the kernel's types, and the types that are contracts.</summary>
internal static class Kernel
{
    private static readonly string[] Clauses = ["IOpening", "IClause", "ICorrection", "IDue"];

    /// <summary>Whether a type is declared in the kernel's namespace, under this name where one is given.</summary>
    public static bool Has(ITypeSymbol? type, string? name = null) =>
        type is { ContainingType: null, ContainingNamespace: { } space } && Is(space) && (name is null || type.Name == name);

    /// <summary>Whether it is the kernel's namespace.</summary>
    public static bool Is(INamespaceSymbol space) =>
        space is { Name: "Kernel", ContainingNamespace: { Name: "Keten", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>An agreement's state: a type that nests an opening.</summary>
    public static bool IsContract(INamedTypeSymbol type) => type.GetTypeMembers().Any(IsOpening);

    /// <summary>A contract, or the kernel's holder of its own calls: what gives its nested records their codecs.</summary>
    public static bool IsHolder(INamedTypeSymbol type) => type.GetTypeMembers().Any(MakesHolder);

    /// <summary>Whether the type that nests this one is a holder because of it.</summary>
    public static bool MakesHolder(INamedTypeSymbol nested) => IsOpening(nested) || Implements(nested, "ICall");

    public static bool IsClause(INamedTypeSymbol type) => Clauses.Any(name => Implements(type, name));

    public static bool IsEvent(INamedTypeSymbol type) => Implements(type, "IEvent");

    /// <summary>The tables of child records that a contract declares.</summary>
    public static IEnumerable<IFieldSymbol> Tables(INamedTypeSymbol contract) =>
        contract.GetMembers().OfType<IFieldSymbol>().Where(field => field.IsStatic && Has(field.Type, "Records"));

    /// <summary>Whether an assembly's own source declares a contract.</summary>
    public static bool HasContract(INamespaceSymbol space) => space.GetMembers().Any(member =>
        member is INamespaceSymbol inner ? HasContract(inner) : member is INamedTypeSymbol type && HasContract(type));

    private static bool HasContract(INamedTypeSymbol type) => IsContract(type) || type.GetTypeMembers().Any(HasContract);

    private static bool IsOpening(INamedTypeSymbol type) => Implements(type, "IOpening");

    private static bool Implements(INamedTypeSymbol type, string name) => type.AllInterfaces.Any(each => Has(each, name));
}
