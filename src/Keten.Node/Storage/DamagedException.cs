namespace Keten.Node.Storage;

/// <summary>Stored bytes are not what was written, and no crash explains it.</summary>
public sealed class DamagedException(string file, long offset, string reason) : IOException($"{file}, byte {offset}: {reason}")
{
    public string File { get; } = file;

    public long Offset { get; } = offset;

    public string Reason { get; } = reason;
}

/// <summary>The bodies asked for have been pruned; headers, certificates and history hashes are still there.</summary>
public sealed class PrunedException(ulong height) : IOException($"The transactions of block {height} have been pruned on this node.")
{
    public ulong Height { get; } = height;
}
