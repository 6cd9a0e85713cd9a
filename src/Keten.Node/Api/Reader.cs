using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Node.Api;

/// <summary>Who asks: the party whose key signed the request, or nobody.</summary>
/// <param name="Fault">What is wrong with the request's signature; <see cref="RequestFault.Unsigned"/> where it has none.</param>
/// <param name="Key">The key that signed; none where the signature does not hold.</param>
/// <param name="Party">Whose key it is; nobody where the signature does not hold, or where it is a delegate's: those sign within their scope and read nothing.</param>
/// <param name="Role">What the key may do.</param>
/// <param name="Open">Whether the ledger is open to read by all.</param>
public sealed record Reader(RequestFault Fault, KeyId Key, Party Party, KeyRole Role, bool Open)
{
    /// <summary>Whether somebody reads whom these readers name.</summary>
    public bool May(in Readers readers) => Open || readers.IsEveryone || (!Party.IsNone && readers.Allows(Party));

    /// <summary>Whether a party reads what is its own.</summary>
    public bool Is(Party party) => Open || (!Party.IsNone && Party == party);

    /// <summary>What somebody is told who may not read: to sign, where they did not; otherwise what they would be told if there were nothing.</summary>
    public Problem Refuse(string what) => Fault switch
    {
        RequestFault.None when Role == KeyRole.Delegate => Problem.Forbidden("A delegate's key signs within its scope, and reads nothing but its own counters."),
        RequestFault.None => Problem.NotFound(what),
        RequestFault.Unsigned => Problem.Unauthorized("The request is not signed."),
        RequestFault.Malformed => Problem.Unauthorized("The signature's fields are not in the form that is read."),
        RequestFault.NotCovered => Problem.Unauthorized("The signature is not over method, authority, path, query and, where there is a body, content-digest."),
        RequestFault.OutsideWindow => Problem.Unauthorized("The signature was made more than 300 seconds ago or ahead, or has expired."),
        RequestFault.OtherBody => Problem.Unauthorized("The body is not the one that was signed for."),
        _ => Problem.Unauthorized("The signature does not verify, or its key is not a current key of any party."),
    };
}
