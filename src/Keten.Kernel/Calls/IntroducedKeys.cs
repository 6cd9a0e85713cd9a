using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>Keys that a transaction brings with it, and that sign it: a new party's, a new key's, a delegate's.</summary>
public static class IntroducedKeys
{
    /// <summary>The public key of this id that one of the kernel calls introduces, or null.</summary>
    public static PublicKey? Find(Transaction transaction, KeyId id)
    {
        foreach (var call in transaction.Calls)
            if (call.IsKernel && Of(call) is { } key && key.Id == id) return key;
        return null;
    }

    // Each of these calls has its key as its first or, after the party, second argument.
    private static PublicKey? Of(in Call call)
    {
        if (call.Clause is not (2 or 3 or 5 or 8)) return null;
        try
        {
            var reader = new CborReader(call.Arguments);
            reader.Array(8);
            if (call.Clause != 2) reader.Party();
            return Wire.ReadPublicKey(ref reader);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
