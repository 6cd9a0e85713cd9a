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

    public static void CheckStatement(string validator, long height, ReadOnlyMemory<byte> statement)
    {
        if (!Is(validator)) throw new ArgumentException("A validator's id is 40 lower-case hexadecimal digits.", nameof(validator));
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        if (statement.Length > RegisterLimits.StatementBytes)
            throw new ArgumentException($"A statement has at most {RegisterLimits.StatementBytes} bytes, not {statement.Length}.", nameof(statement));
    }
}
