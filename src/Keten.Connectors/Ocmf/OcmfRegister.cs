using System.Globalization;

namespace Keten.Connectors.Ocmf;

/// <summary>What an OBIS code (IEC 62056-6-1, <c>A-B:C.D.E*F</c>) says about whether its register may go down.</summary>
internal static class OcmfRegister
{
    /// <summary>Whether the register only ever goes up: time integral 1 (D is 8), or no code that can be read.</summary>
    internal static bool OnlyGoesUp(string? code) => !TryGroups(code, out _, out var d) || d == 8;

    /// <summary>Whether the register starts again with each transaction: OCMF's own codes B2, B3, C2 and C3.</summary>
    internal static bool IsPerTransaction(string? code) => TryGroups(code, out var c, out var d) && d == 8 && c is 0xB2 or 0xB3 or 0xC2 or 0xC3;

    // OCMF writes the groups in hexadecimal ("01-00:B2.08.00*FF"); older files write them in decimal, which agrees for the values asked for here.
    private static bool TryGroups(string? code, out int c, out int d)
    {
        c = d = 0;
        if (code is null) return false;
        var rest = code.AsSpan(code.IndexOf(':', StringComparison.Ordinal) + 1);
        var first = rest.IndexOf('.');
        if (first < 0) return false;
        var second = rest[(first + 1)..].IndexOf('.');
        return second >= 0 && Hex(rest[..first], out c) && Hex(rest.Slice(first + 1, second), out d);

        static bool Hex(ReadOnlySpan<char> text, out int value) => int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
