using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Vault;

/// <summary>Source documents: put by their owner, read by their readers, each by a signed request, on an open ledger too.</summary>
internal sealed class DocumentEndpoints(DocumentStore store, VaultOptions options, ReaderGuard guard)
{
    /// <summary>The header in which a document's salt is handed over, in hexadecimal digits.</summary>
    public const string SaltHeader = "Keten-Salt";

    private const string What = "There is no such document, or it is not for this reader.";

    public void Map(WebApplication app)
    {
        app.MapPost("/v1/documents", (Delegate)Put).About("Documents", "Keeps a document and gives its commitment and salt");
        app.MapGet("/v1/documents", List).About("Documents", "The documents of an agreement, for its readers");
        app.MapGet("/v1/documents/{commitment}", Get).About("Documents", "A document, with its salt in the header Keten-Salt", "application/octet-stream");
    }

    private async Task<IResult> Put(HttpContext http)
    {
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone) return reader.Refuse(What);
        // Base64 is four bytes for three; the rest has room in 16 KiB.
        var body = await JsonBody.Read(http.Request, options.DocumentAtMost / 3 * 4 + (16 << 10), "content", "mediaType", "readers", "agreement", "salt");
        var readers = new List<Party>();
        foreach (var text in body.Texts("readers", VaultOptions.ReadersAtMost)) readers.Add(Answers.PartyOf(text, "readers"));
        var salt = body.Text("salt") is { } hex ? Answers.HashOf(hex, "salt").ToArray() : null;
        var (fault, commitment, used) = store.Put(
            ContentOf(body), body.Text("mediaType") ?? "application/octet-stream", reader.Party, readers, body.Number("agreement", long.MaxValue) ?? 0, salt is null ? null : (ReadOnlyMemory<byte>?)salt);
        if (fault != DocumentFault.None) return Refused(fault);
        return Answers.Json(new JsonObject { ["commitment"] = commitment.ToString(), ["salt"] = Convert.ToHexStringLower(used) }, 201);
    }

    private async Task<IResult> List(HttpContext http, string? agreement, string? after, string? limit)
    {
        var (number, atMost) = (Answers.Number(agreement ?? "", "agreement"), Answers.Number(limit, "limit", 100, 1, 500));
        var from = after is null ? (Hash?)null : Answers.HashOf(after, "after");
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone) return reader.Refuse(What);
        var lines = store.Of(number, reader.Party, from, atMost);
        return Answers.Json(new JsonObject
        {
            ["documents"] = Show.List(lines, line => new JsonObject
            {
                ["commitment"] = line.Commitment.ToString(), ["mediaType"] = line.MediaType, ["owner"] = line.Owner.ToString(), ["agreement"] = line.Agreement, ["size"] = line.Size,
                ["kept"] = Show.Time(new Instant(line.Kept)),
            }),
            ["next"] = lines.Count == atMost ? lines[^1].Commitment.ToString() : null,
        });
    }

    private async Task<IResult> Get(HttpContext http, string commitment)
    {
        var hash = Answers.HashOf(commitment, "commitment");
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone || store.Get(hash, reader.Party) is not { } document) return reader.Refuse(What);
        var headers = http.Response.Headers;
        headers[SaltHeader] = Convert.ToHexStringLower(document.Salt);
        // Whatever somebody has put here never runs as a page of this node.
        headers.ContentDisposition = "attachment";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Answers.Binary(document.Content, document.MediaType);
    }

    private static byte[] ContentOf(JsonBody body)
    {
        var text = body.NeededText("content");
        var bytes = new byte[text.Length / 4 * 3];
        return text.Length % 4 == 0 && Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw new ProblemException(Problem.BadRequest("«content» is in base64."));
    }

    private static Problem Refused(DocumentFault fault) => fault switch
    {
        DocumentFault.Size => new Problem(413, "document-size", "The document is empty, or longer than one may be."),
        DocumentFault.Full => new Problem(507, "vault-full", "The vault, or this owner's part of it, is full."),
        DocumentFault.Agreement => new Problem(403, "forbidden", "This key may not do that.", "The owner of a document is a reader of its agreement."),
        DocumentFault.KeptAlready => new Problem(409, "kept-already", "Another keeps the same document with the same salt here."),
        _ => Problem.BadRequest("The media type or the readers are not what they must be."),
    };
}
