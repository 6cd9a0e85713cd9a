using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Somebody who signs for a job, with the counters that the key has used. Not for several threads at once.</summary>
/// <param name="name">For people and file names.</param>
/// <param name="key">Their key, new on this ledger.</param>
public sealed class Actor(string name, SigningKey key)
{
    private ulong counter;

    /// <summary>For people and file names.</summary>
    public string Name { get; } = name;

    /// <summary>The key.</summary>
    public SigningKey Key { get; } = key;

    /// <summary>The party whose first key it is.</summary>
    public Party Party { get; } = Party.Of(key.Id);

    /// <summary>The next counter that the key has not used.</summary>
    public ulong NextCounter() => ++counter;

    /// <summary>A party with a new key.</summary>
    public static Actor Named(string name) => new(name, SigningKey.Generate());
}
