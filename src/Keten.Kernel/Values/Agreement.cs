namespace Keten.Kernel;

/// <summary>A typed reference to one live instance of a contract, by the number that the ledger gave it, from 1. The kernel checks the type once, when the reference comes in.</summary>
/// <typeparam name="T">The contract.</typeparam>
/// <param name="Number">The agreement's number on its ledger.</param>
public readonly record struct Agreement<T>(ulong Number) : IKey<Agreement<T>> where T : class
{
    /// <summary>Whether it is the default value, which refers to nothing.</summary>
    public bool IsNone => Number == 0;

    /// <inheritdoc/>
    public static int KeySize => 8;

    /// <inheritdoc/>
    public void WriteKey(Span<byte> target) => System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(target, Number);

    /// <inheritdoc/>
    public static Agreement<T> ReadKey(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes));
}
