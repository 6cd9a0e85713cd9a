using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Log;
using Keten.Node.Network;

namespace Keten.Simulation.Network;

/// <summary>A validator that keeps to no rule: now and then it does what it should, and otherwise whatever its key and its place in log and register let it do.</summary>
internal sealed class Mischief(World world, Wires wires, Engine engine, Host host, Genesis genesis)
{
    private readonly Random random = world.Random;
    private readonly double pace = 120 + world.Random.NextDouble() * 600;
    private readonly bool isSilent = world.Random.Next(6) == 0;
    private ulong sequence;

    /// <summary>Whether it writes others' statements into the register itself, and not only into what the register tells.</summary>
    public bool Overwrites { get; init; }

    public void Begin()
    {
        if (!isSilent) world.Later(random.NextDouble() * 2 * pace, Go);
    }

    private void Go()
    {
        Act();
        Begin();
    }

    private void Act()
    {
        switch (random.Next(12))
        {
            case 0: Append(Garbage()); break;
            case 1: Append(Tick(random.Next(2) == 0 ? 900_000_000_000 : world.Now.ToUnixTimeSeconds() + random.Next(-1_000_000, 1_000_000_000))); break;
            case 2:
                for (var left = random.Next(3, 7); left > 0; left--) Append(Tick(world.Now.ToUnixTimeSeconds()));
                break;
            case 3 when Log.Count > 0: Append(Log[random.Next(Log.Count)]); break;
            case 4 when Log.Count > 0: Append(Stolen(Log[random.Next(Log.Count)])); break;
            case 5: Append(Entry.Sign(host.Key, genesis.LedgerId, (ulong)random.Next(1, 3), ++sequence, Now, []).Bytes); break;
            case 6: State(host, right: false, attest: true); break;
            case 7: State(world.Hosts[random.Next(world.Hosts.Count)], random.Next(2) == 0, attest: true); break;
            case 8: State(host, right: false, attest: false); break;
            default:
                for (var back = random.Next(4); back >= 0; back--) State(host, right: true, attest: random.Next(3) > 0, back);
                break;
        }
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Log => engine.Main.Truth.Log;

    private Instant Now => new(world.Now.ToUnixTimeSeconds());

    private byte[] Garbage()
    {
        var bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return bytes;
    }

    private ReadOnlyMemory<byte> Tick(long clock) => Entry.Sign(host.Key, genesis.LedgerId, 0, Next(), new Instant(clock), []).Bytes;

    private ulong Next() => random.Next(20) == 0 ? (ulong)random.NextInt64(3) : random.Next(60) == 0 ? sequence += (ulong)random.NextInt64(1L << 40) : ++sequence;

    // Another's transactions, in an entry of its own; or with a signature that is none.
    private ReadOnlyMemory<byte> Stolen(ReadOnlyMemory<byte> bytes)
    {
        var other = Read(bytes);
        if (other is null || other.Transactions.Count == 0) return bytes;
        var entry = Entry.Sign(host.Key, genesis.LedgerId, 0, Next(), Now, [.. other.Transactions.Select(one => new CheckedTransaction(Tampered(one)))]);
        return entry.Bytes;
    }

    private Transaction Tampered(Transaction one)
    {
        if (random.Next(3) > 0) return one;
        var bytes = one.Cose.ToArray();
        bytes[^1] ^= 1;
        return Transaction.Parse(bytes);
    }

    private static Entry? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Entry.Parse(bytes);
        }
        catch (Kernel.Cbor.MalformedException)
        {
            return null;
        }
    }

    // Of a block near the end; in another's name only with its own signature. Each follower may be told something else.
    private void State(Host who, bool right, bool attest, int back = 0)
    {
        var branch = engine.Other is { } other && random.Next(2) == 0 ? other : engine.Main;
        if (branch.Truth.Headers.Count <= back) return;
        var header = branch.Truth.Headers[^(1 + back)];
        if (!right) header = header with { LogHash = random.Next(2) == 0 ? Hash.Of(Garbage()) : header.LogHash, HistorySize = header.HistorySize + (ulong)random.Next(1, 3) };
        var echo = Echo.Sign(host.Key, header.LedgerId, header.Epoch, header.LogPosition, header.LogHash) with { Validator = who.Key.Id };
        Attestation? attestation = attest ? Attestation.Sign(host.Key, header) with { Validator = who.Key.Id } : null;
        var (id, height, bytes) = (who.Key.Id.ToString(), (long)header.Height, new Standing(echo, attestation, header).ToBytes());
        if (who == host && random.Next(3) > 0 || who != host && Overwrites && !who.IsUp) wires.Send(IsCut, () => engine.Publish(id, height, bytes));
        else engine.Whisper(world.Hosts[random.Next(world.Hosts.Count)], new Statement(id, height, bytes));
    }

    private void Append(ReadOnlyMemory<byte> entry)
    {
        var id = random.NextInt64();
        wires.Send(IsCut, () => engine.Append(host, id, entry));
    }

    private bool IsCut() => engine.IsAway;
}
