using System.Text;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Tests.Api;

public sealed class RequestSignatureTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly SigningKey key = SigningKey.Generate();

    [Fact]
    public async Task A_signed_request_holds_with_and_without_query_and_body()
    {
        foreach (var address in (string[])["http://localhost:5080/v1/agreements/7", "http://LOCALHOST/v1/accounts/ab?proof=true&x=%20y", "https://example.org"])
            foreach (var body in (byte[]?[])[null, [], [1, 2, 3]])
                Assert.Equal((RequestFault.None, key.Id), Check(await Sign(address, body)));
    }

    [Fact]
    public async Task What_is_covered_cannot_be_altered()
    {
        var signed = await Sign("http://localhost:5080/v1/agreements/7?proof=true", [1, 2, 3]);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { Method = "DELETE" }).Fault);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { Authority = "other:5080" }).Fault);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { Path = "/v1/agreements/8" }).Fault);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { Query = "?proof=false" }).Fault);
        Assert.Equal(RequestFault.OtherBody, Check(signed with { Body = Hash.Of("other"u8) }).Fault);
        Assert.Equal(RequestFault.OtherBody, Check(signed with { Body = null }).Fault);
        Assert.Equal(RequestFault.OtherBody, Check(signed with { ContentDigest = null }).Fault);
        var other = Hash.Of("other"u8);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { Body = other, ContentDigest = RequestSignature.DigestOf(other) }).Fault);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { SignatureInput = signed.SignatureInput!.Replace("created=1700000000", "created=1700000001", StringComparison.Ordinal) }).Fault);
    }

    [Fact]
    public async Task A_body_that_the_signature_does_not_cover_is_refused()
    {
        var signed = await Sign("http://localhost/", null);
        var body = Hash.Of("x"u8);
        Assert.Equal(RequestFault.NotCovered, Check(signed with { Body = body, ContentDigest = RequestSignature.DigestOf(body) }).Fault);
        var uncovered = signed.SignatureInput!.Replace(" \"@query\"", "", StringComparison.Ordinal);
        Assert.Equal(RequestFault.NotCovered, Check(signed with { SignatureInput = uncovered }).Fault);
    }

    [Fact]
    public async Task The_window_is_300_seconds_either_way_and_an_expiry_ends_it_sooner()
    {
        var signed = await Sign("http://localhost/", null);
        foreach (var (seconds, fault) in ((int, RequestFault)[])[(300, RequestFault.None), (-300, RequestFault.None), (301, RequestFault.OutsideWindow), (-301, RequestFault.OutsideWindow)])
            Assert.Equal(fault, RequestSignature.Check(signed, Known, Now.AddSeconds(seconds)).Fault);
        Assert.Equal(RequestFault.OutsideWindow, Check(signed with { SignatureInput = signed.SignatureInput + ";expires=1700000000" }).Fault);
        Assert.Equal(RequestFault.BadSignature, Check(signed with { SignatureInput = signed.SignatureInput + ";expires=1700000001" }).Fault);
    }

    [Fact]
    public async Task Unsigned_unknown_and_foreign_are_told_apart()
    {
        var signed = await Sign("http://localhost/", null);
        Assert.Equal(RequestFault.Unsigned, Check(signed with { Signature = null, SignatureInput = null }).Fault);
        Assert.Equal(RequestFault.UnknownKey, RequestSignature.Check(signed, _ => null, Now).Fault);
        using var other = SigningKey.Generate();
        Assert.Equal(RequestFault.BadSignature, RequestSignature.Check(signed, _ => other.Public, Now).Fault);
        Assert.Equal(RequestFault.BadSignature, RequestSignature.Check(signed, _ => other.Public, Now, new KeyCache(4)).Fault);
        Assert.Equal(RequestFault.None, RequestSignature.Check(signed, Known, Now, new KeyCache(4)).Fault);
    }

    [Fact]
    public async Task Only_one_form_of_the_fields_is_read()
    {
        var signed = await Sign("http://localhost/", null);
        var input = signed.SignatureInput!;
        string[] others =
        [
            "", "sig", "sig=", "sig=()", input + ", other=(\"@method\");created=1", "sig1" + input[3..], input.Replace("\" \"", "\"  \"", StringComparison.Ordinal),
            input.Replace("\"@path\"", "\"@path\" \"@path\"", StringComparison.Ordinal), input.Replace("\"@path\"", "\"@status\"", StringComparison.Ordinal),
            input.Replace("\"@path\"", "\"@path\";req", StringComparison.Ordinal), input.Replace("ecdsa-p256-sha256", "ed25519", StringComparison.Ordinal),
            input.Replace(";alg=\"ecdsa-p256-sha256\"", "", StringComparison.Ordinal), input.Replace("created=", "created=0", StringComparison.Ordinal), input + ";created=1700000000",
            input.Replace("created=", "created=-", StringComparison.Ordinal), input + ";tag=\"x\"", input + ";nonce=\"\"", input + ";nonce=\"a\\\"b\"", input + ";", input + " ",
            input.Replace(key.Id.ToString(), key.Id.ToString().ToUpperInvariant(), StringComparison.Ordinal), input + ";nonce=\"" + new string('a', 600) + "\"",
        ];
        foreach (var other in others)
            if (other != input) Assert.True(Check(signed with { SignatureInput = other }).Fault == RequestFault.Malformed, other);
        foreach (var other in (string[])["", "sig=::", signed.Signature![..^2] + ":", signed.Signature + ", sig2=::", "sig1" + signed.Signature[3..], signed.Signature.Replace('=', '*')])
            Assert.Equal(RequestFault.Malformed, Check(signed with { Signature = other }).Fault);
        Assert.Equal(RequestFault.Malformed, Check(signed with { Signature = null }).Fault);
        Assert.Equal(RequestFault.Malformed, Check(signed with { SignatureInput = null }).Fault);
    }

    [Fact]
    public async Task Any_bytes_in_the_fields_give_a_fault_and_no_exception()
    {
        var signed = await Sign("http://localhost/?a=b", [1]);
        var random = new Random(9421);
        for (var round = 0; round < 3_000; round++)
        {
            var altered = (round % 3) switch
            {
                0 => signed with { SignatureInput = Altered(signed.SignatureInput!) },
                1 => signed with { Signature = Altered(signed.Signature!) },
                _ => signed with { ContentDigest = Altered(signed.ContentDigest!) },
            };
            if (altered != signed) Assert.NotEqual(RequestFault.None, Check(altered).Fault);
        }

        string Altered(string text)
        {
            var with = new StringBuilder(text);
            for (var times = random.Next(1, 4); times > 0; times--) with[random.Next(with.Length)] = (char)random.Next(1, random.Next(2) == 0 ? 128 : 65_536);
            return with.ToString();
        }
    }

    public void Dispose() => key.Dispose();

    private PublicKey? Known(KeyId id) => id == key.Id ? key.Public : null;

    private (RequestFault Fault, KeyId Key) Check(in SignedRequest request) => RequestSignature.Check(request, Known, Now);

    private async Task<SignedRequest> Sign(string address, byte[]? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body is null ? null : new ByteArrayContent(body) };
        await RequestSignature.SignAsync(request, key, Now);
        var uri = request.RequestUri!;
        return new SignedRequest(
            "POST", uri.Authority, uri.AbsolutePath, uri.Query, Field("Signature-Input"), Field("Signature"), Field("Content-Digest"), body is { Length: > 0 } ? Hash.Of(body) : null);

        string? Field(string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
    }
}
