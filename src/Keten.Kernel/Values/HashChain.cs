namespace Keten.Kernel;

/// <summary>
/// A chain of hashes, each the SHA-256 of the one before it, given away from its end backwards: whoever shows an earlier link has been given it by whoever began the chain
/// (Lamport 1981, "Password authentication with insecure communication"; Rivest and Shamir 1996, PayWord).
/// </summary>
public static class HashChain
{
    /// <summary>The next link towards the end.</summary>
    public static Hash Next(in Hash link) => Hash.Of(Hash.Bytes(in link));

    /// <summary>Whether a link leads to another in so many steps.</summary>
    /// <param name="link">Where to begin.</param>
    /// <param name="steps">How many; the work of one SHA-256 each.</param>
    /// <param name="end">Where to come out.</param>
    public static bool Leads(Hash link, int steps, in Hash end)
    {
        for (; steps > 0; steps--) link = Next(link);
        return link == end;
    }
}
