using System.Text.Json;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>
/// Which ledger each node's address stood for when it was first asked. A node that later speaks for another ledger is noticed before anything is signed: it could otherwise have one
/// sign, under its own name for it, a payment on a ledger that one really uses.
/// </summary>
/// <param name="path">The file; it is made with the first node.</param>
public sealed class KnownNodes(string path)
{
    private const int FileAtMost = 1 << 20;

    /// <summary>Compares what a node says with what was remembered, and remembers it where nothing was.</summary>
    /// <exception cref="KeyFileException">The node stands for another ledger now, or the file cannot be read or written.</exception>
    public void Check(Uri node, Hash ledger)
    {
        try
        {
            var known = File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(PrivateFile.Read(path, FileAtMost)) ?? [] : [];
            if (known.TryGetValue(node.AbsoluteUri, out var before))
            {
                if (before != ledger.ToString()) throw new KeyFileException($"The node {node} speaks for ledger {ledger}, and stood for {before} before. If that is meant, take it out of {path}.");
                return;
            }
            known[node.AbsoluteUri] = ledger.ToString();
            PrivateFile.Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            PrivateFile.Write(path, JsonSerializer.Serialize(known), replace: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new KeyFileException($"The known nodes in {path} cannot be kept: {fault.Message}", fault);
        }
    }
}
