using System.Globalization;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;

namespace Keten.Node.Network;

/// <summary>Evidence of misbehaviour as this node keeps it.</summary>
/// <param name="Validator">Who.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Count">How often that was seen since the node started; 0 where only kept evidence tells of it.</param>
/// <param name="Evidence">The first that was seen; null where there was no more room for it.</param>
public sealed record KeptEvidence(KeyId Validator, Misbehaviour Kind, long Count, Evidence? Evidence);

/// <summary>
/// The folder <c>misbehaviour</c> of the data folder: the first evidence of each kind against each validator, a file each; further ones are counted. Bounded in number by validators and kinds,
/// and in bytes.
/// </summary>
internal sealed class EvidenceStore
{
    private const long BytesAtMost = 64 << 20;
    private const string Suffix = ".cbor";
    private readonly IDisk disk;
    private readonly Lock gate = new();
    private readonly SortedDictionary<(KeyId Validator, Misbehaviour Kind), long> counts = [];
    private long bytes;

    public EvidenceStore(IDisk data)
    {
        disk = data.Folder("misbehaviour");
        disk.DeleteUnfinished();
        foreach (var name in disk.List())
        {
            if (!name.EndsWith(Suffix, StringComparison.Ordinal) || name.Split('-') is not [var validator, var rest] || !KeyId.TryParse(validator, out var id)) continue;
            if (!int.TryParse(rest.AsSpan(0, rest.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var kind)) continue;
            using var file = disk.Open(name, DiskAccess.Read);
            bytes += file.Length;
            counts[(id, (Misbehaviour)kind)] = 0;
        }
    }

    /// <summary>Counts one more, and keeps it where it is the first of its kind; how many there were.</summary>
    public long Add(Evidence evidence)
    {
        lock (gate)
        {
            var known = counts.TryGetValue((evidence.Validator, evidence.Kind), out var count);
            counts[(evidence.Validator, evidence.Kind)] = count + 1;
            if (known) return count + 1;
            var content = evidence.ToBytes();
            if (bytes + content.Length > BytesAtMost) return 1;
            disk.WriteAllAtomically(NameOf(evidence.Validator, evidence.Kind), content);
            bytes += content.Length;
            return 1;
        }
    }

    /// <summary>All, by validator and kind.</summary>
    public IReadOnlyList<KeptEvidence> All()
    {
        var all = new List<KeptEvidence>();
        lock (gate)
        {
            foreach (var ((validator, kind), count) in counts) all.Add(new KeptEvidence(validator, kind, count, Read(NameOf(validator, kind))));
        }
        return all;
    }

    private Evidence? Read(string name)
    {
        try
        {
            return disk.Exists(name) ? Evidence.FromBytes(disk.ReadAll(name, Evidence.BytesAtMost)) : null;
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static string NameOf(KeyId validator, Misbehaviour kind) => $"{validator}-{(int)kind}{Suffix}";
}
