using System.Security.Cryptography;
using System.Text;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Simulation.Network;

/// <summary>Sees and keeps all that honest validators ever said, dead ones too, and holds it against each other and against what the log leads to.</summary>
internal sealed class Witness(World world, Engine engine, Expectations expected)
{
    private readonly IncrementalHash told = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly KeyCache keys = new();
    private readonly Dictionary<(int Host, ulong Position), Hash> echoes = [];
    private readonly Dictionary<(int Host, ulong Height), Header> attested = [];
    private readonly Dictionary<ulong, (Hash Header, int Host)> excluding = [];
    private readonly Dictionary<ulong, Hash> certified = [];
    private readonly HashSet<(Hash Header, Attestation Attestation)> verified = [];
    private readonly Dictionary<int, ulong> finals = [];
    private readonly Dictionary<int, ulong> lost = [];
    private readonly List<(Host Host, Hash Id)> accepted = [];

    public int Finals { get; private set; }

    public int Accepts => accepted.Count;

    /// <summary>The highest certified height of all.</summary>
    public ulong Height { get; private set; }

    public void Trace(string what) => told.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{world.Micros} {what}\n")));

    /// <summary>Of everything that was told, with its time.</summary>
    public string Digest() => Convert.ToHexStringLower(told.GetHashAndReset());

    /// <summary>Up to which block a host's certificates have been seen.</summary>
    public ulong FinalOf(Host host) => finals.GetValueOrDefault(host.Index);

    /// <summary>An honest validator hands out a statement.</summary>
    public void Published(Host host, long height, ReadOnlySpan<byte> bytes)
    {
        if (Standing.Read(host.Key.Id.ToString(), bytes) is not { } standing) throw new InvalidOperationException($"Validator {host.Index} states nonsense.");
        var truth = engine.Of(host).Truth;
        if (!echoes.TryAdd((host.Index, standing.Echo.Position), standing.Echo.LogHash))
            world.Demand(echoes[(host.Index, standing.Echo.Position)] == standing.Echo.LogHash, $"Validator {host.Index} states two echoes of position {standing.Echo.Position}.");
        if (standing.Attestation is not { } attestation) return;
        Trace($"{host.Index} attests {height}");
        world.Demand(height <= truth.Headers.Count, $"Validator {host.Index} attests block {height}, and the log leads to none.");
        var header = truth.Headers[(int)height - 1];
        world.Demand(IsOf(attestation, header, truth.CertifyingOf(header.Height)), $"Validator {host.Index} attests another header of block {height} than the log leads to.");
        if (!attested.TryAdd((host.Index, header.Height), header)) world.Demand(attested[(host.Index, header.Height)] == header, $"Validator {host.Index} attests block {height} twice, and differently.");
        if (!excluding.TryAdd(header.Height, (header.Hash, host.Index)))
            world.Demand(excluding[header.Height].Header == header.Hash, $"Validators {excluding[header.Height].Host} and {host.Index} attest headers of block {height} that exclude each other.");
    }

    /// <summary>A host has a certificate, and tells it.</summary>
    public void Certified(Host host, Certificate certificate)
    {
        var header = certificate.Header;
        Trace($"{host.Index} final {header.Height} {header.Hash}");
        var (who, distinct) = ($"Validator {host.Index}'s certificate of block {header.Height}", new SortedSet<KeyId>());
        var truth = engine.Of(host).Truth;
        world.Demand(header.Height <= (ulong)truth.Headers.Count && truth.Headers[(int)header.Height - 1] == header, $"{who} is not of what the log leads to.");
        var validators = truth.CertifyingOf(header.Height);
        foreach (var attestation in certificate.Attestations)
        {
            world.Demand(distinct.Add(attestation.Validator), $"{who} counts a validator twice.");
            world.Demand(IsOf(attestation, header, validators), $"{who} holds what is no attestation of it.");
        }
        world.Demand(3 * distinct.Count > 2 * validators.Count, $"{who} has {distinct.Count} attestations of {validators.Count} validators.");
        if (!certified.TryAdd(header.Height, header.Hash)) world.Demand(certified[header.Height] == header.Hash, $"{who} is of another header than one before.");
        finals[host.Index] = Math.Max(FinalOf(host), header.Height);
        host.Told = Math.Max(host.Told, header.Height);
        Height = Math.Max(Height, header.Height);
    }

    /// <summary>A node has answered somebody.</summary>
    public void Answered(Host host, in Answer answer)
    {
        Trace($"{host.Index} answers {answer.Id} {answer.Status} {answer.Code} {answer.Height}");
        if (answer.Status == AnswerStatus.Accepted) accepted.Add((host, answer.Id));
        if (answer.Status is not (AnswerStatus.Done or AnswerStatus.Refused)) return;
        if (answer.Status == AnswerStatus.Done) expected.WasDone(answer.Id);
        Finals++;
        host.Told = Math.Max(host.Told, answer.Height);
        world.Demand(engine.Of(host).Truth.Decided(answer.Id) == (answer.Height, answer.Code), $"{answer.Id} was told final in block {answer.Height} with code {answer.Code} by validator {host.Index}, and is not.");
    }

    /// <summary>A process ends: what it had certified and not told is looked at all the same.</summary>
    public void Ends(Host host)
    {
        Trace($"{host.Index} ends");
        if (host.Node?.Head is { } head && head.Header.Height > FinalOf(host)) Certified(host, head);
    }

    /// <summary>A machine is gone with its disk: the next knows nothing of what it promised, and is bound by it all the same.</summary>
    public void LosesDisk(Host host)
    {
        Trace($"{host.Index} loses its disk");
        lost[host.Index] = attested.Keys.Where(key => key.Host == host.Index).Select(key => key.Height).DefaultIfEmpty().Max();
        finals.Remove(host.Index);
    }

    /// <summary>Before a process begins: what it promised before is on its disk.</summary>
    public void Starts(Host host)
    {
        Trace($"{host.Index} starts");
        var mine = attested.Where(one => one.Key.Host == host.Index && one.Key.Height > lost.GetValueOrDefault(host.Index)).Select(one => one.Value).ToArray();
        if (mine.Length > 0)
        {
            var highest = mine.Max(header => header.Height);
            using (var promises = new PromiseFile(host.Disk))
                foreach (var header in mine)
                    if (header.Height + PromiseFile.Kept > highest + 1) world.Demand(promises.Of(header) == Promise.This, $"Validator {host.Index} has attested block {header.Height}, and its disk does not know it.");
            world.Demand(LogCheck.Run(host.Disk.Folder("log")).Last >= (long)mine.Max(header => header.LogPosition), $"Validator {host.Index} has attested block {highest}, and its disk does not hold what it executed.");
        }
        if (host.Told == 0) return;
        var stored = (ulong)StoredBlocks.Read(host.Disk.Folder("blocks"), 0, []).Count;
        world.Demand(stored >= host.Told, $"Block {host.Told} was told by validator {host.Index}, and {stored} blocks are stored.");
    }

    /// <summary>When all is over: everybody has the same, and nothing that was promised is missing.</summary>
    public void Judge(IReadOnlyList<Host> honest)
    {
        // One that was voted out has its entries skipped from there on, and says that nothing was decided.
        foreach (var (host, id) in accepted)
            if (engine.Of(host).Truth.Ledger.Validators.ById(host.Key.Id) is not null) world.Demand(engine.Of(host).Truth.Place(id) is not null, $"{id} was accepted by validator {host.Index}, and is not ordered.");
        foreach (var host in honest)
        {
            if (host.Node is not { } node) continue;
            var truth = engine.Of(host).Truth;
            node.Read(ledger =>
            {
                var (height, skipped) = (ledger.Head?.Height ?? 0, ledger.Skipped);
                world.Demand(height <= (ulong)truth.Headers.Count && (height == 0 || truth.Headers[(int)height - 1] == ledger.Head), $"Validator {host.Index} is at block {height} with another header.");
                if (ledger.LogPosition != (ulong)truth.Log.Count) return true;
                world.Demand(skipped == truth.Ledger.Skipped, $"Validator {host.Index} has skipped {skipped} entries, and others {truth.Ledger.Skipped}.");
                expected.CheckMoney(ledger, truth);
                return true;
            });
        }
        // It verifies every signature again: now and then, of one of them.
        if (world.Random.Next(8) > 0) return;
        var one = honest[0];
        foreach (var finding in NodeCheck.Run(one.Disk)) world.Demand(!finding.IsDamage, $"Validator {one.Index}: {finding.File}, byte {finding.Offset}: {finding.Reason}");
    }

    private bool IsOf(Attestation attestation, Header header, ValidatorSet validators)
    {
        var seen = (header.Hash, attestation);
        if (verified.Contains(seen)) return true;
        if (validators.Find(attestation.Validator) is not { } key || !attestation.Verify(header, key, keys)) return false;
        verified.Add(seen);
        return true;
    }
}
