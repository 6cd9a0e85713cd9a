using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Keten.Node.Api;

/// <summary>What answers and their addresses are made of.</summary>
public static class Answers
{
    /// <summary>Canonical CBOR.</summary>
    public const string Cbor = "application/cbor";

    /// <summary>A signed transaction, or its receipt.</summary>
    public const string Cose = "application/cose";

    /// <summary>Bytes in no form of their own.</summary>
    public const string Bytes = "application/octet-stream";

    /// <summary>One item after the other (RFC 8742).</summary>
    public const string CborSequence = "application/cbor-seq";

    /// <summary>An answer in JSON.</summary>
    public static IResult Json(JsonNode json, int status = 200) => new BytesResult(JsonSerializer.SerializeToUtf8Bytes(json), "application/json", status);

    /// <summary>An answer in bytes.</summary>
    public static IResult Binary(byte[] bytes, string type, int status = 200) => new BytesResult(bytes, type, status);

    /// <summary>Whether the request asks for one media type by name.</summary>
    public static bool Accepts(this HttpRequest request, string type)
    {
        foreach (var accepted in request.GetTypedHeaders().Accept)
            if (accepted.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) && accepted.Quality != 0) return true;
        return false;
    }

    /// <summary>The media type of the body, without parameters; null where there is none or it cannot be read.</summary>
    public static string? MediaTypeOf(this HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.ToString().ToLowerInvariant() : null;

    /// <summary>A decimal number without sign, space or leading zero.</summary>
    /// <exception cref="ProblemException">It is another text.</exception>
    public static ulong Number(string text, string called) =>
        TryNumber(text, out var number) ? number : throw new ProblemException(Problem.BadRequest($"«{called}» is a whole number from 0 to 2^64 − 1."));

    /// <summary>A decimal number, or a default where nothing is said.</summary>
    /// <exception cref="ProblemException">It is another text, or beyond the limits.</exception>
    public static int Number(string? text, string called, int otherwise, int min, int max)
    {
        if (text is null) return otherwise;
        return TryNumber(text, out var number) && number >= (ulong)min && number <= (ulong)max
            ? (int)number
            : throw new ProblemException(Problem.BadRequest(string.Create(CultureInfo.InvariantCulture, $"«{called}» is a whole number from {min} to {max}.")));
    }

    /// <summary>True or false; false where nothing is said.</summary>
    /// <exception cref="ProblemException">It is another text.</exception>
    public static bool Flag(string? text, string called) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new ProblemException(Problem.BadRequest($"«{called}» is true or false.")),
    };

    /// <summary>A hash in lower-case hexadecimal.</summary>
    /// <exception cref="ProblemException">It is another text.</exception>
    public static Hash HashOf(string text, string called) => Hash.TryParse(text, out var hash) && hash.ToString() == text
        ? hash
        : throw new ProblemException(Problem.BadRequest($"«{called}» is 64 hexadecimal digits in lower case."));

    /// <summary>A party in lower-case hexadecimal.</summary>
    /// <exception cref="ProblemException">It is another text.</exception>
    public static Party PartyOf(string text, string called) => Party.TryParse(text, out var party) && party.ToString() == text && !party.IsNone
        ? party
        : throw new ProblemException(Problem.BadRequest($"«{called}» is 40 hexadecimal digits in lower case."));

    private static bool TryNumber(string text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text[0] != '0' || text.Length == 1);

    private sealed class BytesResult(byte[] bytes, string type, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            (response.StatusCode, response.ContentType, response.ContentLength) = (status, type, bytes.Length);
            // What was told to one reader is nobody else's.
            response.Headers.CacheControl = "no-store";
            return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
        }
    }
}
