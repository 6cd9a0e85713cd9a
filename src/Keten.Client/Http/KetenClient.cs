using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>
/// A node over HTTP. Requests are signed with the reader's key where one is given (docs/api.md, «Who may read»), sent again where that helps (<see cref="Patience"/>), and what
/// a node says no to is a <see cref="ProblemException"/>. Any number of threads may use one. A node is believed in nothing that can be checked: hand certificates, evidence and
/// receipts to <see cref="LightClient"/>, <see cref="StateEvidence"/> and <see cref="ReceiptVerdict"/>.
/// </summary>
public sealed partial class KetenClient : IDisposable
{
    private const string Cbor = "application/cbor";
    private const string Cose = "application/cose";

    private readonly Transport transport;
    private readonly Patience patience;

    /// <summary>For a node's address.</summary>
    /// <param name="node">Its address: http://localhost:5080.</param>
    /// <param name="reader">Whose key signs the requests; without one only what is for all is answered.</param>
    /// <param name="patience">How often and how long to try.</param>
    /// <param name="inner">What sends: another for tests. It is disposed of with the client.</param>
    public KetenClient(Uri node, Signer? reader = null, Patience? patience = null, HttpMessageHandler? inner = null)
    {
        if (!node.IsAbsoluteUri || (node.Scheme != Uri.UriSchemeHttp && node.Scheme != Uri.UriSchemeHttps)) throw new ArgumentException("A node's address is like http://localhost:5080.", nameof(node));
        this.patience = patience ?? new Patience();
        transport = new Transport(node.AbsolutePath.EndsWith('/') ? node : new Uri(node.AbsoluteUri + "/"), reader, this.patience, inner);
    }

    /// <summary>The node's address.</summary>
    public Uri Node => transport.Node;

    /// <summary>How the ledger began, as this node says. Whose receipts are to mean something keeps a genesis of its own, and compares.</summary>
    public async Task<Genesis> GenesisAsync(CancellationToken cancel = default) => Canonical(await BytesAsync("v1/genesis", Cbor, cancel), bytes => Genesis.FromBytes(bytes));

    /// <summary>The newest certificate; null before the first block.</summary>
    public async Task<Certificate?> HeadAsync(CancellationToken cancel = default) => await CertificateAsync("v1/history/checkpoint", cancel);

    /// <summary>The certificate of a block, or null.</summary>
    public async Task<Certificate?> BlockAsync(ulong height, CancellationToken cancel = default) => await CertificateAsync("v1/blocks/" + Text(height), cancel);

    /// <summary>The proof that the history of one size grew into that of another (RFC 9162 §2.1.4); check it with <see cref="Kernel.Trees.MerkleProof"/>. Null where there is none such.</summary>
    public async Task<Hash[]?> ConsistencyAsync(ulong from, ulong to, CancellationToken cancel = default)
    {
        var json = await FindAsync($"v1/history/consistency?from={Text(from)}&to={Text(to)}", cancel);
        return json?["path"] is not JsonArray path ? null
            : [.. path.Select(hash => Hash.TryParse((string?)hash, out var read) ? read : throw new UnexpectedAnswerException("The consistency proof cannot be read."))];
    }

    /// <summary>The catalogue: contracts with their clauses, events, records and refusals.</summary>
    public async Task<JsonObject> CatalogueAsync(CancellationToken cancel = default) => await JsonAsync("v1/catalogue", cancel);

    /// <summary>A unit {unit, symbol, decimals, issuer …}, or null.</summary>
    public async Task<JsonObject?> UnitAsync(Unit unit, CancellationToken cancel = default) => await FindAsync("v1/units/" + Text(unit.Number), cancel);

    /// <summary>What became of a transaction {id, status, height …}; null where it is not decided. With its calls, for its readers.</summary>
    /// <exception cref="ProblemException">It has been pruned there (410).</exception>
    public async Task<JsonObject?> TransactionAsync(Hash id, bool calls = false, CancellationToken cancel = default) =>
        await FindAsync($"v1/transactions/{id}{(calls ? "?calls=true" : "")}", cancel);

    /// <summary>The certified changes of validators after a height, in order, at most 1,000: give them to a <see cref="LightClient"/>, which says from where on.</summary>
    public async Task<SetChange[]> ChangesOfValidatorsAsync(ulong after = 0, CancellationToken cancel = default) =>
        Canonical(await BytesAsync("v1/validators/changes?from=" + Text(after), Cbor, cancel), bytes => SetChange.FromBytes(bytes));

    /// <summary>The certificates from a height on, in order, as many as a node gives at once (256); none where it has none of that height. Each is to be checked.</summary>
    public async Task<Certificate[]> CertificatesAsync(ulong from, CancellationToken cancel = default)
    {
        try
        {
            return Canonical(await BytesAsync("v1/certificates?from=" + Text(from), Cbor, cancel), ReadCertificates);
        }
        catch (ProblemException problem) when (problem.Problem.Status == 404)
        {
            return [];
        }
    }

    /// <summary>The proposals that wait for votes [{proposal, by, until, change, yes, no}]; for the parties of validators.</summary>
    /// <exception cref="ProblemException">The reader is none of them.</exception>
    public async Task<JsonArray> ProposalsAsync(CancellationToken cancel = default) =>
        (await JsonAsync("v1/proposals", cancel))["proposals"] as JsonArray ?? throw new UnexpectedAnswerException("The proposals cannot be read.");

    /// <summary>The validators now {validators, quorum, since, muted, catalogue, nextCatalogue, suspended}.</summary>
    public async Task<JsonObject> ValidatorsAsync(CancellationToken cancel = default) => await JsonAsync("v1/validators", cancel);

    /// <summary>The receipt of a decided transaction, showing up to 16 of its calls from one on; for its readers. Check it with <see cref="ReceiptVerdict"/>.</summary>
    /// <exception cref="ProblemException">There is none, it is not for this reader (404), or it has been pruned (410).</exception>
    /// <param name="id">Which.</param>
    /// <param name="fromCall">From which call on.</param>
    /// <param name="known">The newest change of validators that is known here (<see cref="KnownCertificates.NewestChange"/>): those up to there are left out. 0: the receipt checks by the genesis alone.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<byte[]> ReceiptAsync(Hash id, int fromCall = 0, ulong known = 0, CancellationToken cancel = default) =>
        await BytesAsync($"v1/transactions/{id}/receipt?from={Text((ulong)fromCall)}&known={Text(known)}", Cose, cancel);

    /// <summary>An agreement with its state, what it holds and its wake-ups; null where there is none, or none for this reader.</summary>
    public async Task<JsonObject?> AgreementAsync(ulong number, CancellationToken cancel = default) => await FindAsync("v1/agreements/" + Text(number), cancel);

    /// <summary>The evidence of an agreement's record; the node waits a second or two for the checkpoint that carries it.</summary>
    public async Task<StateEvidence> AgreementProofAsync(ulong number, CancellationToken cancel = default) => await EvidenceAsync($"v1/agreements/{Text(number)}", cancel);

    /// <summary>Child records of an agreement's table after a key, in the order of their keys {records, next}.</summary>
    public async Task<JsonObject?> RecordsAsync(ulong agreement, byte table, string? after = null, int limit = 100, CancellationToken cancel = default) =>
        await FindAsync($"v1/agreements/{Text(agreement)}/records/{Text(table)}?limit={Text((ulong)limit)}{(after is null ? "" : "&after=" + after)}", cancel);

    /// <summary>One child record {key, record}, or null.</summary>
    /// <param name="agreement">Whose.</param>
    /// <param name="table">Its table.</param>
    /// <param name="key">The key's bytes.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<JsonObject?> RecordAsync(ulong agreement, byte table, ReadOnlyMemory<byte> key, CancellationToken cancel = default) =>
        await FindAsync($"v1/agreements/{Text(agreement)}/records/{Text(table)}/{Convert.ToHexStringLower(key.Span)}", cancel);

    /// <summary>All accounts of a party or an agreement; null where they are not for this reader.</summary>
    public async Task<JsonObject?> AccountsAsync(Owner owner, CancellationToken cancel = default) => await FindAsync("v1/accounts/" + Text(owner), cancel);

    /// <summary>What an owner has of a unit {balance, available …}; null where it is not for this reader.</summary>
    public async Task<JsonObject?> AccountAsync(Owner owner, Unit unit, CancellationToken cancel = default) => await FindAsync($"v1/accounts/{Text(owner)}/{Text(unit.Number)}", cancel);

    /// <summary>The evidence of what an owner has of a unit, of what does not expire.</summary>
    public async Task<StateEvidence> AccountProofAsync(Owner owner, Unit unit, CancellationToken cancel = default) => await EvidenceAsync($"v1/accounts/{Text(owner)}/{Text(unit.Number)}", cancel);

    /// <summary>A party with its keys, to itself with its delegates and guardians; null where there is none.</summary>
    public async Task<JsonObject?> PartyAsync(Party party, CancellationToken cancel = default) => await FindAsync("v1/parties/" + party, cancel);

    /// <summary>The evidence of up to 1,000 records, all of one moment, in the order of their keys; null where a record is not for this reader.</summary>
    /// <param name="keys">As <see cref="Kernel.State.RecordKeys"/> gives them.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<StateEvidence?[]> ProofsAsync(IReadOnlyList<byte[]> keys, CancellationToken cancel = default)
    {
        var writer = new CborWriter(64 * (keys.Count + 1));
        writer.Array(keys.Count);
        foreach (var key in keys) writer.Bytes(key);
        return Canonical(await transport.SendAsync(HttpMethod.Post, "v1/proofs", cancel, writer.ToArray(), Cbor, accept: Cbor), ReadProofs);
    }

    /// <summary>The evidence of a party's record, for itself.</summary>
    public async Task<StateEvidence> PartyProofAsync(Party party, CancellationToken cancel = default) => await EvidenceAsync("v1/parties/" + party, cancel);

    /// <summary>A key: whose it is; to itself with the highest counter used in each lane. Null where the ledger does not know it.</summary>
    public async Task<JsonObject?> KeyAsync(KeyId key, CancellationToken cancel = default) => await FindAsync("v1/keys/" + key, cancel);

    /// <summary>The highest counter that a key has used in a lane; 0 where none was, or the key is not known yet. To be asked by the key itself.</summary>
    /// <exception cref="ProblemException">The node does not take this client for the key's owner, so that it cannot know.</exception>
    public async Task<ulong> HighestCounterAsync(KeyId key, byte lane, CancellationToken cancel = default)
    {
        if (await KeyAsync(key, cancel) is not { } json) return 0;
        if (json["lanes"] is not JsonArray lanes) throw new ProblemException(new Problem(401, "signature-required", "A key's counters are told to its owner only.", null, 0, default, 0, 0));
        return lanes.Where(used => (int?)used?["lane"] == lane).Select(used => (ulong?)used?["highest"]).FirstOrDefault() ?? 0;
    }

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    private async Task<byte[]> BytesAsync(string path, string accept, CancellationToken cancel) => await transport.SendAsync(HttpMethod.Get, path, cancel, accept: accept);

    private async Task<StateEvidence> EvidenceAsync(string path, CancellationToken cancel) => Canonical(await BytesAsync(path + "?proof=true", Cbor, cancel), bytes => StateEvidence.FromBytes(bytes));

    // Each with the validators that it decided, which are not asked for here.
    private static Certificate[] ReadCertificates(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        var certificates = new Certificate[reader.Array(256)];
        for (var each = 0; each < certificates.Length; each++)
        {
            reader.ArrayOf(2);
            certificates[each] = Certificate.FromBytes(reader.Bytes());
            reader.Item();
        }
        reader.End();
        return certificates;
    }

    private static StateEvidence?[] ReadProofs(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        var proofs = new StateEvidence?[reader.Array(1_000)];
        for (var each = 0; each < proofs.Length; each++) proofs[each] = reader.TryNull() ? null : StateEvidence.FromBytes(reader.Bytes());
        reader.End();
        return proofs;
    }

    private async Task<JsonObject> JsonAsync(string path, CancellationToken cancel) => ObjectOf(await BytesAsync(path, "application/json", cancel));

    // Nothing there, or nothing for this reader: a node does not tell the two apart.
    private async Task<JsonObject?> FindAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await JsonAsync(path, cancel);
        }
        catch (ProblemException problem) when (problem.Problem.Status == 404)
        {
            return null;
        }
    }

    private async Task<Certificate?> CertificateAsync(string path, CancellationToken cancel)
    {
        try
        {
            return Canonical(await BytesAsync(path, Cbor, cancel), bytes => Certificate.FromBytes(bytes));
        }
        catch (ProblemException problem) when (problem.Problem.Status == 404)
        {
            return null;
        }
    }

    private static T Canonical<T>(byte[] bytes, Func<byte[], T> read)
    {
        try
        {
            return read(bytes);
        }
        catch (MalformedException fault)
        {
            throw new UnexpectedAnswerException("The node's answer is not in canonical form: " + fault.Message, fault);
        }
    }

    private static JsonObject ObjectOf(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw new UnexpectedAnswerException("The node's answer is not a JSON object.");
        }
        catch (JsonException fault)
        {
            throw new UnexpectedAnswerException("The node's answer is not JSON.", fault);
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Owner owner) => owner.Party?.ToString() ?? Text(owner.Agreement);
}
