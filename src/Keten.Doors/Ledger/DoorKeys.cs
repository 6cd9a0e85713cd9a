using System.Collections.Concurrent;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>The keys that the doors sign with, opened when each is first used: the operator's, and those of charge points that cannot sign for the ledger themselves.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="password">Of all of them.</param>
public sealed class DoorKeys(KeyFolder folder, string password) : IDisposable
{
    private readonly ConcurrentDictionary<string, SigningKey> open = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public KeyFolder Folder { get; } = folder;

    /// <summary>The key of a name.</summary>
    /// <exception cref="KeyFileException">There is none, or it does not open.</exception>
    public SigningKey Open(string name) => open.GetOrAdd(name, each => Folder.Open(each, password));

    /// <summary>The party of a device, by its key's name.</summary>
    public Party PartyOf(string name) => Folder.Show(name).Party;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in open.Values) key.Dispose();
    }
}
