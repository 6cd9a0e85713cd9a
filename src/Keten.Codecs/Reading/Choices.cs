using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Keten.Codecs.Reading;

/// <summary>The named values of an enum, which its canonical form lists and admits nothing besides.</summary>
internal static class Choices
{
    /// <summary>Names and numbers, smallest first.</summary>
    public static IReadOnlyList<(string Name, ulong Number)> Of(ITypeSymbol type) =>
        [.. Members(type).Select(member => (member.Name, Number(member) ?? 0)).OrderBy(member => member.Item2)];

    /// <summary>Why an enum cannot stand in a record; null where it can.</summary>
    public static string? Fault(ITypeSymbol type)
    {
        var members = Members(type);
        if (members.Length == 0) return $"the enum {type.Name} names no value";
        if (Array.Find(members, member => Number(member) is null) is { } negative) return $"{type.Name}.{negative.Name} is negative";
        if (Array.Find(members, IsUnnumbered) is { } unnumbered) return $"{type.Name}.{unnumbered.Name} needs an explicit number, for ever";
        return members.GroupBy(Number).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"{type.Name}.{twice.First().Name} and {type.Name}.{twice.Last().Name} have one number"
            : null;
    }

    private static IFieldSymbol[] Members(ITypeSymbol type) => [.. type.GetMembers().OfType<IFieldSymbol>().Where(member => member.HasConstantValue)];

    private static bool IsUnnumbered(IFieldSymbol member) =>
        member.DeclaringSyntaxReferences.Any(place => place.GetSyntax() is EnumMemberDeclarationSyntax { EqualsValue: null });

    private static ulong? Number(IFieldSymbol member) => member.ConstantValue switch
    {
        ulong value => value,
        { } other when Convert.ToInt64(other, null) is >= 0 and var value => (ulong)value,
        _ => null,
    };
}
