using Keten.Kernel;
using Keten.Kernel.Cbor;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keten.Node.Api;

/// <summary>Transactions as the body of a request carries them: one in COSE, a CBOR sequence of them, or a CBOR array of byte strings.</summary>
internal static class SubmittedBody
{
    // Of what is too long, so much is read past: a connection that is closed with bytes unread loses the answer with them.
    private const int DiscardAtMost = 1 << 20;

    /// <summary>Reads them, each still unread in itself.</summary>
    /// <exception cref="ProblemException">The body is of another type, empty, too long, has too many, or cannot be taken apart.</exception>
    public static async Task<(ReadOnlyMemory<byte>[] Transactions, bool Single)> Read(HttpRequest request, int atMost)
    {
        var type = request.MediaTypeOf();
        if (type is not (Answers.Cose or Answers.CborSequence or Answers.Cbor))
            throw new ProblemException(new Problem(415, "unsupported-media-type", "The body is of a media type that is not read here.", $"Send {Answers.Cose}, {Answers.CborSequence} or {Answers.Cbor}."));
        var body = await Bytes(request);
        if (body.Length == 0) throw new ProblemException(Problem.BadRequest("The body is empty."));
        try
        {
            return type switch
            {
                Answers.Cose => ([body], true),
                Answers.CborSequence => (Sequence(body, atMost), false),
                _ => (Array(body, atMost), false),
            };
        }
        catch (MalformedException fault)
        {
            throw new ProblemException(Problem.Refused(KernelRefusal.Malformed, $"{fault.Message} (byte {fault.Offset} of the body)"));
        }
    }

    private static ReadOnlyMemory<byte>[] Sequence(ReadOnlyMemory<byte> body, int atMost)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        var reader = new CborReader(body.Span);
        while (!reader.AtEnd)
        {
            if (found.Count == atMost) throw TooMany(atMost);
            var start = reader.Offset;
            reader.Item();
            found.Add(body[start..reader.Offset]);
        }
        return [.. found];
    }

    private static ReadOnlyMemory<byte>[] Array(ReadOnlyMemory<byte> body, int atMost)
    {
        var reader = new CborReader(body.Span);
        var count = reader.Array(int.MaxValue);
        if (count == 0) throw new ProblemException(Problem.BadRequest("The array is empty."));
        if (count > atMost) throw TooMany(atMost);
        var found = new ReadOnlyMemory<byte>[count];
        for (var each = 0; each < found.Length; each++)
        {
            var length = reader.Bytes().Length;
            found[each] = body[(reader.Offset - length)..reader.Offset];
        }
        reader.End();
        return found;
    }

    private static ProblemException TooMany(int atMost) => new(new Problem(413, "too-many-transactions", "The request has more transactions than this node takes at once.", $"At most {atMost}."));

    private static async Task<ReadOnlyMemory<byte>> Bytes(HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var size = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        var limit = size?.MaxRequestBodySize ?? long.MaxValue;
        // Counted here, not by the server, which would cut the connection before its answer was read.
        if (size is { IsReadOnly: false }) size.MaxRequestBodySize = null;
        if (request.ContentLength <= limit)
        {
            var whole = new byte[(int)request.ContentLength.Value];
            await request.Body.ReadExactlyAsync(whole, cancel);
            return whole;
        }
        using var body = new MemoryStream();
        var (buffer, read) = (new byte[16_384], 0);
        while (request.ContentLength is null && (read = await request.Body.ReadAsync(buffer, cancel)) > 0 && body.Length + read <= limit) body.Write(buffer, 0, read);
        if (request.ContentLength is null && read == 0) return body.GetBuffer().AsMemory(0, (int)body.Length);
        for (var left = DiscardAtMost; left > 0 && (read = await request.Body.ReadAsync(buffer, cancel)) > 0;) left -= read;
        throw new ProblemException(TooLong);
    }

    /// <summary>For a body beyond the limit.</summary>
    public static Problem TooLong => new(413, "too-long", "The body is longer than this node takes.");
}
