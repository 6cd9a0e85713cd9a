using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>A document from a node's vault, checked against its commitment.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Salt">The salt of its commitment.</param>
public sealed record VaultDocument(byte[] Content, Hash Salt);

public sealed partial class KetenClient
{
    /// <summary>What moved in an account, with the balance after each line, a page at a time {lines, next …}; null where it is not for this reader.</summary>
    /// <param name="owner">A party or an agreement.</param>
    /// <param name="unit">In which unit.</param>
    /// <param name="query">More of the address, as docs/views.md has it: «from=…&amp;limit=…».</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<JsonObject?> StatementAsync(Owner owner, Unit unit, string query = "", CancellationToken cancel = default) =>
        await FindAsync($"v1/statements/{Text(owner)}/{Text(unit.Number)}{(query.Length == 0 ? "" : "?" + query)}", cancel);

    /// <summary>What was told under an agreement, as far as the reader may read it, a page at a time {lines, next …}; null where nothing of it is for this reader.</summary>
    /// <param name="agreement">Its number.</param>
    /// <param name="query">More of the address, as docs/views.md has it: «after=…&amp;limit=…».</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<JsonObject?> AgreementEventsAsync(ulong agreement, string query = "", CancellationToken cancel = default) =>
        await FindAsync($"v1/agreements/{Text(agreement)}/events{(query.Length == 0 ? "" : "?" + query)}", cancel);

    /// <summary>The agreements that name the reader, in the order of their numbers, a page at a time {agreements, next, height}; null without a reader.</summary>
    public async Task<JsonObject?> AgreementsAsync(ulong after = 0, int limit = 100, CancellationToken cancel = default) =>
        await FindAsync($"v1/agreements?after={Text(after)}&limit={Text((ulong)limit)}", cancel);

    /// <summary>Waits until the node's views tell of a height {height, final}.</summary>
    public async Task<JsonObject> ViewsAsync(ulong height, CancellationToken cancel = default) => await JsonAsync("v1/views?height=" + Text(height), cancel);

    /// <summary>The documents that are kept for an agreement, in the order of their commitments, a page at a time {documents, next}; null where they are not for this reader.</summary>
    public async Task<JsonObject?> DocumentsAsync(ulong agreement, Hash? after = null, int limit = 100, CancellationToken cancel = default) =>
        await FindAsync($"v1/documents?agreement={Text(agreement)}&limit={Text((ulong)limit)}{(after is { } from ? "&after=" + from : "")}", cancel);

    /// <summary>Keeps a document in the node's vault, under the reader's name.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="mediaType">What it is.</param>
    /// <param name="readers">Parties who may read it beside its owner.</param>
    /// <param name="agreement">The agreement whose readers may read it; 0: none.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>The commitment, which may stand on the ledger, and the salt, which never does.</returns>
    public async Task<(Hash Commitment, Hash Salt)> PutDocumentAsync(
        ReadOnlyMemory<byte> content, string mediaType, IReadOnlyList<Party>? readers = null, ulong agreement = 0, CancellationToken cancel = default)
    {
        // Drawn here, so that what is sent again after a broken answer is the same document.
        var salt = new Hash(RandomNumberGenerator.GetBytes(Hash.Size));
        return (await PutDocumentAsync(content, mediaType, salt, readers, agreement, cancel), salt);
    }

    /// <summary>Keeps a document under a salt that was drawn before: by whoever may have to keep the same document again after a crash.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="mediaType">What it is.</param>
    /// <param name="salt">32 random bytes, as secret as the document.</param>
    /// <param name="readers">Parties who may read it beside its owner.</param>
    /// <param name="agreement">The agreement whose readers may read it; 0: none.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>The commitment, which may stand on the ledger.</returns>
    public async Task<Hash> PutDocumentAsync(
        ReadOnlyMemory<byte> content, string mediaType, Hash salt, IReadOnlyList<Party>? readers = null, ulong agreement = 0, CancellationToken cancel = default)
    {
        var body = new JsonObject { ["content"] = Convert.ToBase64String(content.Span), ["mediaType"] = mediaType, ["salt"] = salt.ToString() };
        if (readers is { Count: > 0 }) body["readers"] = new JsonArray([.. readers.Select(reader => (JsonNode)reader.ToString())]);
        if (agreement != 0) body["agreement"] = agreement;
        var answer = ObjectOf(await transport.SendAsync(HttpMethod.Post, "v1/documents", cancel, JsonSerializer.SerializeToUtf8Bytes(body), "application/json"));
        var commitment = Commitment.Of(Hash.Bytes(in salt), content.Span);
        return (string?)answer["commitment"] == commitment.ToString() ? commitment : throw new UnexpectedAnswerException("The node keeps the document under another commitment.");
    }

    /// <summary>A document by its commitment, for its readers; null where there is none, or none for this reader.</summary>
    /// <exception cref="UnexpectedAnswerException">What came is not what was committed to.</exception>
    public async Task<VaultDocument?> DocumentAsync(Hash commitment, CancellationToken cancel = default)
    {
        try
        {
            var salt = default(Hash);
            var content = await transport.SendAsync(
                HttpMethod.Get, "v1/documents/" + commitment, cancel, accept: "*/*",
                headers: headers => salt = Hash.TryParse(headers.TryGetValues("Keten-Salt", out var values) ? values.FirstOrDefault() : null, out var read) ? read : default);
            return Commitment.Verify(commitment, Hash.Bytes(in salt), content) ? new VaultDocument(content, salt)
                : throw new UnexpectedAnswerException("The document is not the one that was committed to.");
        }
        catch (ProblemException problem) when (problem.Problem.Status == 404)
        {
            return null;
        }
    }
}
