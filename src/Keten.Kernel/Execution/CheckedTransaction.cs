
namespace Keten.Kernel.Execution;

/// <summary>A transaction whose signatures were verified ahead of the order, and the statements in it that were.</summary>
/// <param name="transaction">The transaction; every one of its signatures verifies.</param>
public sealed class CheckedTransaction(Transaction transaction)
{
    private List<(KeyId Key, Hash Digest, Signature Signature)>? verified;

    /// <summary>The transaction; every one of its signatures verifies.</summary>
    public Transaction Transaction { get; } = transaction;

    /// <summary>Notes a statement that verifies.</summary>
    public void Verified(KeyId key, Hash digest, Signature signature) => (verified ??= []).Add((key, digest, signature));

    internal bool HasVerified(KeyId key, Hash digest, Signature signature) => verified?.Contains((key, digest, signature)) ?? false;
}
