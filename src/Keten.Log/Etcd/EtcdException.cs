namespace Keten.Log;

/// <summary>etcd refused a request for a reason that asking again does not mend: a right that is missing, a request that it does not understand.</summary>
/// <param name="code">The gRPC status code: 3 an invalid argument, 5 not found, 7 no right, 9 not in this state, 11 out of range.</param>
/// <param name="message">What etcd says.</param>
public sealed class EtcdException(int code, string message) : LogException($"etcd refused: {message} (code {code})")
{
    /// <summary>The gRPC status code.</summary>
    public int Code { get; } = code;
}

/// <summary>No member could be asked just now; every request of ours may be asked again.</summary>
internal sealed class EtcdUnreachableException(string message, Exception? inner = null) : LogException(message, inner);

/// <summary>The revision that was wanted has been compacted away.</summary>
internal sealed class EtcdCompactedException(long revision) : LogException($"Revisions before {revision} have been compacted away.")
{
    public long Revision { get; } = revision;
}
