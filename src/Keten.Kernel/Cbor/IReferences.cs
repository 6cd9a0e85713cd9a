namespace Keten.Kernel.Cbor;

/// <summary>Checks what a call refers to beyond its own bytes: statements signed elsewhere, and agreements.</summary>
public interface IReferences
{
    /// <summary>The party whose key signed these bytes; throws <see cref="ReferenceException"/> where the key is unknown or the signature does not verify.</summary>
    /// <param name="key">The signing key.</param>
    /// <param name="name">The statement's type, as its codec names it: part of what is signed.</param>
    /// <param name="statement">The canonical bytes of the statement.</param>
    /// <param name="signature">64 bytes, r ‖ s.</param>
    Party SignerOf(KeyId key, string name, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature);

    /// <summary>Checks once, as a reference comes in, that an agreement exists and is of a contract; throws <see cref="ReferenceException"/> otherwise.</summary>
    void MustBe<T>(ulong agreement) where T : class;
}

/// <summary>A call refers to a statement or an agreement that is not what it is taken for. The kernel turns it into a refusal.</summary>
public sealed class ReferenceException : Exception
{
    /// <summary>With the reason, in one sentence.</summary>
    public ReferenceException(string what) : base(what)
    {
    }
}
