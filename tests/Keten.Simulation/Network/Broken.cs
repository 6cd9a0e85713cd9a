using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Simulation.Network;

/// <summary>A network in which something does not do what it should, by parts that are put into its nodes. The simulation must find each, or its silence about the others means nothing.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Says">What the complaint that finds it says: any other would be an accident.</param>
internal sealed record Broken(string Name, params string[] Says)
{
    /// <summary>Nothing is.</summary>
    public static readonly Broken Nothing = new("nothing");

    public static readonly Broken[] All =
    [
        new("attests before it has executed", "attests another header") { Register = (register, host) => new HastyRegister(register, host) },
        new("attests before its promise is durable", "its disk does not know it") { Disk = disk => new LateDisk(disk, "promises", forEver: false, file: true) },
        new("attests before its copy of the log is durable", "its disk does not hold") { Disk = disk => new LateDisk(disk, "log", forEver: true) },
        new("attests without the echo, while the log shows two orders", "exclude each other") { Certifier = Careless(Carelessness.NoEcho), Forks = true },
        new("certifies before the block is durable", "blocks are stored") { Disk = disk => new LateDisk(disk, "blocks", forEver: false) },
        new("counts a validator twice", "counts a validator twice") { Certifier = Careless(Carelessness.CountsTwice) },
        new("takes a quorum one too small", "attestations of") { Certifier = Careless(Carelessness.OneTooFew) },
        new("believes the register unsigned", "no attestation of it") { Certifier = Careless(Carelessness.Unsigned), Overwrites = true },
        new("certifies by those who were validators in the beginning", "attestations of", "no attestation of it") { Certifier = Careless(Carelessness.FormerValidators), Votes = true },
        new("a log that loses what it has acknowledged", "is not ordered", "the log leads to", "was seen before") { Loses = true },
    ];

    public Func<IDisk, IDisk> Disk { get; init; } = disk => disk;

    public Func<IRegister, Host, IRegister> Register { get; init; } = (register, _) => register;

    public Func<NodeParts, PromiseFile, Certifier>? Certifier { get; init; }

    public bool Loses { get; init; }

    /// <summary>Whether a dishonest validator can write others' statements over.</summary>
    public bool Overwrites { get; init; }

    /// <summary>Whether the log shows two orders in every run.</summary>
    public bool Forks { get; init; }

    /// <summary>Whether validators come and go in every run.</summary>
    public bool Votes { get; init; }

    private static Func<NodeParts, PromiseFile, Certifier> Careless(Carelessness how) => (node, promises) => new CarelessCertifier(node, promises, how);
}
