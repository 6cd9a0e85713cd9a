using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keten.Codecs.Reading;

/// <summary>Finds the constructor whose parameters are a record's fields.</summary>
internal static class Positional
{
    /// <summary>The parameters of a positional record, or of a record that holds nothing; null for any other type.</summary>
    public static IReadOnlyList<IParameterSymbol>? Of(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.IsEmpty ? FromLibrary(type) : FromSource(type);

    /// <summary>What a positional record holds besides its constructor's parameters, and would lose on the way.</summary>
    public static IFieldSymbol? Besides(INamedTypeSymbol type, IReadOnlyList<IParameterSymbol> parameters) =>
        type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => !field.IsStatic
            && !parameters.Any(parameter => parameter.Name == (field.AssociatedSymbol ?? field).Name));

    private static IReadOnlyList<IParameterSymbol>? FromSource(INamedTypeSymbol type)
    {
        if (!type.IsRecord) return null;
        foreach (var constructor in type.InstanceConstructors)
            if (constructor.DeclaringSyntaxReferences.Any(place => place.GetSyntax() is RecordDeclarationSyntax { ParameterList: not null }))
                return constructor.Parameters;
        return Besides(type, []) is null && type.InstanceConstructors.Any(each => each.Parameters.IsEmpty) ? [] : null;
    }

    // A record struct of a library is no longer marked as a record: it is known by a constructor and a Deconstruct that name its properties.
    private static IReadOnlyList<IParameterSymbol>? FromLibrary(INamedTypeSymbol type) => type.InstanceConstructors
        .Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public && constructor.Parameters.Length > 0
            && constructor.Parameters.All(parameter => HasProperty(type, parameter))
            && type.GetMembers("Deconstruct").OfType<IMethodSymbol>().Any(method => method.Parameters.Length == constructor.Parameters.Length))
        .OrderByDescending(constructor => constructor.Parameters.Length)
        .FirstOrDefault()?.Parameters;

    private static bool HasProperty(INamedTypeSymbol type, IParameterSymbol parameter) => type.GetMembers(parameter.Name).OfType<IPropertySymbol>()
        .Any(property => property.DeclaredAccessibility == Accessibility.Public && SymbolEqualityComparer.Default.Equals(property.Type, parameter.Type));
}
