namespace Keten.Log;

/// <summary>What a log cannot do, and why. Each cause has its own type.</summary>
public abstract class LogException : Exception
{
    private protected LogException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>An entry is longer than the engine takes; nothing was sent or written.</summary>
public sealed class EntryTooLargeException(long bytes, long limit) : LogException($"An entry of {bytes} bytes is longer than this log takes ({limit}).")
{
    /// <summary>The length of the refused entry.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>The engine's limit, in bytes.</summary>
    public long Limit { get; } = limit;
}

/// <summary>The entries asked for are no longer in the log: blocks up to a certified header come from peers or an archive, following resumes from there.</summary>
public sealed class LogPrunedException(long wanted, long first) : LogException($"Position {wanted} has been pruned; the log starts at {first}.")
{
    /// <summary>The position that was to come next.</summary>
    public long Wanted { get; } = wanted;

    /// <summary>The first position that the log still holds.</summary>
    public long First { get; } = first;
}

/// <summary>The log ends before a position that its reader has seen: it was restored from an older copy, or belongs to another ledger.</summary>
public sealed class LogRolledBackException(long after, long last) : LogException($"Position {after} was seen before, but the log ends at {last}.")
{
    /// <summary>The position that the reader has seen.</summary>
    public long After { get; } = after;

    /// <summary>The last position of the log.</summary>
    public long Last { get; } = last;
}

/// <summary>Stored bytes are not what was written, and no crash explains it. Nothing is repaired silently: restore the file, or catch up from peers into an empty log.</summary>
public sealed class LogCorruptException(string file, long offset, string reason) : LogException($"{file}, byte {offset}: {reason}")
{
    /// <summary>The file within the log's folder.</summary>
    public string File { get; } = file;

    /// <summary>The byte at which it stops making sense.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong there.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The log takes no more: it was closed (no inner exception), or writing to it failed (the inner exception says how) and it can promise nothing until it is opened again.</summary>
public sealed class LogStoppedException(string message, Exception? inner = null) : LogException(message, inner);
