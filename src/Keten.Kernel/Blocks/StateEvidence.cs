using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>Proof that a record had a value, or that there was none, as of a checkpoint whose root a certified header carries.</summary>
/// <param name="Key">As <see cref="State.RecordKeys"/> gives it.</param>
/// <param name="Value">The record's canonical form; null where there was none.</param>
/// <param name="Proof">To the state root.</param>
/// <param name="Certificate">Of a header that carries the root.</param>
public sealed record StateEvidence(byte[] Key, byte[]? Value, StateProof Proof, Certificate Certificate)
{
    /// <summary>The changes of validators before the header, by which whoever knows the genesis alone knows who they were.</summary>
    public IReadOnlyList<SetChange> Changes { get; init; } = [];

    /// <summary>Whether it holds, by a genesis alone. Who checks many hands in a <see cref="KnownCertificates"/> instead.</summary>
    public bool Verify(Genesis genesis)
    {
        var validators = new ValidatorHistory(genesis);
        return validators.Take(Changes) && validators.Certifies(Certificate) && LeadsToRoot();
    }

    /// <summary>Whether it holds; a certificate that held before is not verified again.</summary>
    public bool Verify(KnownCertificates known) => known.Holds(Certificate, Changes) && LeadsToRoot();

    /// <summary>[key, value or null, [path …], [[key hash, value hash] …], certificate], and where validators have changed [[certificate, validators] …] behind it.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(2048);
        writer.Array(Changes.Count == 0 ? 5 : 6);
        writer.Bytes(Key);
        if (Value is null) writer.Null();
        else writer.Bytes(Value);
        writer.Array(Proof.Path.Length);
        foreach (var hash in Proof.Path) writer.Hash(hash);
        writer.Array(Proof.Bucket.Length);
        foreach (var entry in Proof.Bucket)
        {
            writer.Array(2);
            writer.Hash(entry.Key);
            writer.Hash(entry.Value);
        }
        writer.Bytes(Certificate.ToBytes());
        if (Changes.Count > 0) SetChange.Write(writer, Changes);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static StateEvidence FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var fields = reader.Array(6);
        if (fields < 5) throw reader.Fault("Evidence has five parts, or six.");
        var key = reader.Bytes().ToArray();
        var value = reader.TryNull() ? null : reader.Bytes().ToArray();
        var path = new Hash[reader.Array(256)];
        for (var each = 0; each < path.Length; each++) path[each] = reader.Hash();
        var bucket = new StateEntry[reader.Array(StateTree.BucketSize)];
        for (var each = 0; each < bucket.Length; each++)
        {
            reader.ArrayOf(2);
            bucket[each] = new StateEntry(reader.Hash(), reader.Hash());
        }
        var certificate = Certificate.FromBytes(reader.Bytes());
        var changes = fields == 6 ? SetChange.Read(ref reader) : [];
        if (fields == 6 && changes.Length == 0) throw reader.Fault("Where nothing has changed, nothing is said of it.");
        reader.End();
        return new StateEvidence(key, value, new StateProof(path, bucket), certificate) { Changes = changes };
    }

    internal bool LeadsToRoot()
    {
        var verdict = Proof.Verify(Certificate.Header.StateRoot, Hash.Of(Key), out var found);
        return Value is null ? verdict == StateVerdict.Absent : verdict == StateVerdict.Present && found == Hash.Of(Value);
    }
}
