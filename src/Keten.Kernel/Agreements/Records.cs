namespace Keten.Kernel;

/// <summary>A table of child records under each agreement of a contract, in the order of their keys' bytes. Stands as a static field beside the refusals.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The record.</typeparam>
/// <param name="number">The table's number within the contract, from 1, for ever.</param>
public sealed class Records<TKey, TValue>(byte number) where TKey : struct where TValue : struct
{
    /// <summary>The table's number within the contract.</summary>
    public byte Number { get; } = number > 0 ? number : throw new ArgumentOutOfRangeException(nameof(number));
}

/// <summary>A child record with its key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The record.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Value">The record.</param>
public readonly record struct Row<TKey, TValue>(TKey Key, TValue Value) where TKey : struct where TValue : struct;
