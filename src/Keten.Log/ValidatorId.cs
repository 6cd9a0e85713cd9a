namespace Keten.Log;

/// <summary>The written form of a validator's id, and what every register checks before it takes a statement.</summary>
internal static class ValidatorId
{
    public static bool Is(string text)
    {
        if (text.Length != 40) return false;
        foreach (var c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f'))) return false;
        }
        return true;
    }

    public static void CheckStatements(string validator, IReadOnlyList<Stated> statements)
    {
        if (!Is(validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(validator));
        if (statements.Count is 0 or > RegisterLimits.AtOnce) throw new ArgumentException($"From 1 to {RegisterLimits.AtOnce} statements are published together.", nameof(statements));
        for (var each = 0; each < statements.Count; each++)
        {
            var (height, bytes) = statements[each];
            ArgumentOutOfRangeException.ThrowIfNegative(height, nameof(statements));
            if (each > 0 && height <= statements[each - 1].Height) throw new ArgumentException("Statements that are published together are of rising heights.", nameof(statements));
            if (bytes.Length > RegisterLimits.StatementBytes) throw new ArgumentException($"A statement has at most {RegisterLimits.StatementBytes} bytes, not {bytes.Length}.", nameof(statements));
        }
    }
}
