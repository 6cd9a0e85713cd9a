using Microsoft.CodeAnalysis;

namespace Keten.Codecs.Reading;

/// <summary>One part of a key: how many bytes, and what of.</summary>
/// <param name="Name">The property; empty where the key is one value by itself.</param>
/// <param name="Kind">«Boolean», «Enum», «Own» for what knows its key bytes, or the C# number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Size">In bytes.</param>
internal sealed record KeyPart(string Name, string Kind, ITypeSymbol Type, int Size);

/// <summary>The key of a contract's table that needs a codec of its own.</summary>
internal sealed record KeyForm(INamedTypeSymbol Type, string Member, IReadOnlyList<KeyPart> Parts)
{
    public int Size => Parts.Sum(part => part.Size);
}

/// <summary>Reads the keys of a contract's tables.</summary>
internal static class KeyReader
{
    private const int SizeAtMost = 64;

    public static List<KeyForm> Read(INamedTypeSymbol contract, List<Finding> findings)
    {
        var keys = new List<KeyForm>();
        foreach (var table in Kernel.Tables(contract))
        {
            if (((INamedTypeSymbol)table.Type).TypeArguments[0] is not INamedTypeSymbol type || !IsOwn(type, contract)) continue;
            if (keys.Exists(key => SymbolEqualityComparer.Default.Equals(key.Type, type))) continue;
            keys.Add(new KeyForm(type, type.Name.EndsWith("Key", StringComparison.Ordinal) ? type.Name : type.Name + "Key", Parts(table, type, findings)));
        }
        return keys;
    }

    private static bool IsOwn(INamedTypeSymbol type, INamedTypeSymbol contract) =>
        !Kernel.Has(type) && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, contract.ContainingAssembly);

    private static List<KeyPart> Parts(IFieldSymbol table, INamedTypeSymbol type, List<Finding> findings)
    {
        var parts = new List<KeyPart>();
        if (type.TypeKind == TypeKind.Enum) return [new KeyPart("", "Enum", type, SizeOf(type.EnumUnderlyingType!.SpecialType))];
        if (Positional.Of(type) is not { Count: > 0 } parameters)
        {
            findings.Add(Finding.At(Rules.NoKey, table, Place.NameOf(type), "it is not a positional record struct"));
            return parts;
        }
        if (Positional.Besides(type, parameters) is { } besides)
            findings.Add(Finding.At(Rules.NoKey, besides.AssociatedSymbol ?? besides, Place.NameOf(type), "it holds more than its constructor's parameters"));
        foreach (var parameter in parameters)
        {
            var what = $"{Place.NameOf(type)}.{parameter.Name}";
            if (Part(parameter) is { } part) parts.Add(part);
            else findings.Add(Finding.At(Rules.NoKey, parameter, what, $"{parameter.Type.ToDisplayString()} has no fixed, ordered bytes"));
        }
        if (parts.Sum(part => part.Size) > SizeAtMost)
            findings.Add(Finding.At(Rules.NoKey, type, Place.NameOf(type), $"it takes {parts.Sum(part => part.Size)} bytes, and a key {SizeAtMost} at most"));
        return parts;
    }

    private static KeyPart? Part(IParameterSymbol parameter)
    {
        var type = parameter.Type;
        var (kind, size) = type switch
        {
            INamedTypeSymbol { TypeKind: TypeKind.Enum } choice => ("Enum", SizeOf(choice.EnumUnderlyingType!.SpecialType)),
            _ when Kernel.Has(type) => type.Name switch
            {
                "Hash" => ("Own", 32),
                "Party" or "KeyId" => ("Own", 20),
                "Reference" => ("Own", 16),
                "Instant" or "Agreement" => ("Own", 8),
                "Unit" => ("Unit", 4),
                _ => ("", 0),
            },
            { SpecialType: SpecialType.System_Boolean } => ("Boolean", 1),
            _ => (type.SpecialType.ToString().Replace("System_", ""), SizeOf(type.SpecialType)),
        };
        return size == 0 ? null : new KeyPart(parameter.Name, kind, type, size);
    }

    private static int SizeOf(SpecialType type) => type switch
    {
        SpecialType.System_Byte or SpecialType.System_SByte => 1,
        SpecialType.System_UInt16 or SpecialType.System_Int16 => 2,
        SpecialType.System_UInt32 or SpecialType.System_Int32 => 4,
        SpecialType.System_UInt64 or SpecialType.System_Int64 => 8,
        _ => 0,
    };
}
