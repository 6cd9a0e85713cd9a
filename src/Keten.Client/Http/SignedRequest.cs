using Keten.Kernel;

namespace Keten.Client;

/// <summary>The parts of a request that a signature can be over, as they came in.</summary>
/// <param name="Method">GET, POST …</param>
/// <param name="Authority">The Host field: host, and port where it is not the scheme's own.</param>
/// <param name="Path">From the slash to before the question mark, as it stood on the request line.</param>
/// <param name="Query">With its question mark; empty or «?» where there is none.</param>
/// <param name="SignatureInput">The field, or null.</param>
/// <param name="Signature">The field, or null.</param>
/// <param name="ContentDigest">The field, or null.</param>
/// <param name="Body">SHA-256 of the body; null where there is none.</param>
public readonly record struct SignedRequest(
    string Method, string Authority, string Path, string Query, string? SignatureInput, string? Signature, string? ContentDigest, Hash? Body);

/// <summary>What is wrong with a request's signature.</summary>
public enum RequestFault
{
    /// <summary>Nothing: it holds.</summary>
    None = 0,

    /// <summary>The request is not signed.</summary>
    Unsigned = 1,

    /// <summary>The fields are not the one form that is read.</summary>
    Malformed = 2,

    /// <summary>The signature is not over all that it must be over.</summary>
    NotCovered = 3,

    /// <summary>It was made more than 300 seconds ago or ahead, or has expired.</summary>
    OutsideWindow = 4,

    /// <summary>The key is not known, or may not sign requests any more.</summary>
    UnknownKey = 5,

    /// <summary>The body is not the one that was signed for.</summary>
    OtherBody = 6,

    /// <summary>The signature does not verify.</summary>
    BadSignature = 7,
}
