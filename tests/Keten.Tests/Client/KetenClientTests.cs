using System.Net;
using System.Text;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Clients;

public sealed class KetenClientTests
{
    private static readonly Uri Node = new("http://node.example:5080");
    private static readonly Patience Quick = new() { Attempts = 3, FirstWait = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task Several_transactions_go_in_one_request_and_each_gets_its_own_answer()
    {
        var requests = new List<int>();
        using var client = Of(async request =>
        {
            Assert.Equal("/v1/transactions?wait=final", request.RequestUri!.PathAndQuery);
            var bodies = Bodies(await request.Content!.ReadAsByteArrayAsync());
            requests.Add(bodies.Count);
            return Answers([.. bodies.Select(body => ((ulong)(body[0] == 7 ? 3 : 2), body[0] == 7 ? 113u : 0u))]);
        });
        var many = Enumerable.Range(0, KetenClient.BatchAtMost + 1).Select(number => (ReadOnlyMemory<byte>)new[] { (byte)(number % 250) }).ToArray();
        var answers = await client.SubmitAsync(many);
        Assert.Equal([KetenClient.BatchAtMost, 1], requests);
        Assert.Equal(SubmissionStatus.Done, answers[0].Status);
        Assert.Equal((SubmissionStatus.Refused, 113u), (answers[7].Status, answers[7].Refusal));
    }

    [Fact]
    public async Task What_the_node_had_no_room_for_is_sent_again_alone_and_the_rest_is_not()
    {
        var requests = new List<byte[]>();
        using var client = Of(async request =>
        {
            var bodies = Bodies(await request.Content!.ReadAsByteArrayAsync());
            requests.Add([.. bodies.Select(body => body[0])]);
            return Answers([.. bodies.Select(body => body[0] == 2 && requests.Count == 1 ? (0ul, (uint)KernelRefusal.Busy.Number) : (2ul, 0u))]);
        });
        var answers = await client.SubmitAsync([new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 }]);
        Assert.Equal([[1, 2, 3], [2]], requests);
        Assert.All(answers, answer => Assert.True(answer.IsGood));
    }

    [Fact]
    public async Task A_node_without_room_is_asked_again_a_bounded_number_of_times()
    {
        var asked = 0;
        using var client = Of(_ =>
        {
            asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        });
        await Assert.ThrowsAsync<UnreachableException>(() => client.CatalogueAsync());
        Assert.Equal(Quick.Attempts, asked);
    }

    [Fact]
    public async Task A_node_that_asks_for_more_time_than_there_is_patience_for_is_not_asked_again()
    {
        var asked = 0;
        using var client = Of(_ =>
        {
            asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { { "Retry-After", "3600" } } });
        });
        await Assert.ThrowsAsync<UnreachableException>(() => client.CatalogueAsync());
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again_and_a_refusal_is_not()
    {
        var asked = 0;
        using var client = Of(_ => ++asked < 3 ? throw new HttpRequestException("broken") : Task.FromResult(Text(HttpStatusCode.OK, "{\"contracts\": []}")));
        Assert.NotNull(await client.CatalogueAsync());
        Assert.Equal(3, asked);

        asked = 0;
        using var refusing = Of(_ =>
        {
            asked++;
            return Task.FromResult(Text(HttpStatusCode.UnprocessableEntity, """{"type": "urn:x", "title": "No.", "detail": "Because.", "refusal": 113, "name": "InsufficientFunds", "height": 4, "call": 1}"""));
        });
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => refusing.CatalogueAsync())).Problem;
        Assert.Equal((422, "InsufficientFunds", 113u, 4UL, 1, true), (problem.Status, problem.Name, problem.Refusal, problem.Height, problem.Call, problem.IsDecided));
        Assert.Equal("No. Because.", problem.Sentence);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("{\"title\": 7}")]
    public async Task What_is_no_problem_document_is_told_by_its_status(string body)
    {
        using var client = Of(_ => Task.FromResult(Text(HttpStatusCode.Forbidden, body)));
        Assert.Equal(403, (await Assert.ThrowsAsync<ProblemException>(() => client.CatalogueAsync())).Problem.Status);
    }

    [Fact]
    public async Task An_answer_that_is_not_what_a_node_says_is_an_error_of_its_own()
    {
        using var client = Of(_ => Task.FromResult(Text(HttpStatusCode.OK, "nonsense")));
        await Assert.ThrowsAsync<UnexpectedAnswerException>(() => client.CatalogueAsync());
        await Assert.ThrowsAsync<UnexpectedAnswerException>(() => client.HeadAsync());
        await Assert.ThrowsAsync<UnexpectedAnswerException>(() => client.SubmitAsync(new byte[] { 1 }));
    }

    [Fact]
    public async Task Requests_are_signed_with_the_readers_key_each_attempt_anew()
    {
        using var key = SigningKey.Generate();
        var asked = 0;
        using var client = new KetenClient(Node, key, Quick, new Handler(request =>
        {
            var parts = new SignedRequest(
                "GET", "node.example:5080", request.RequestUri!.AbsolutePath, request.RequestUri.Query, request.Headers.GetValues("Signature-Input").Single(),
                request.Headers.GetValues("Signature").Single(), null, null);
            Assert.Equal(RequestFault.None, RequestSignature.Check(parts, id => id == key.Id ? key.Public : null, DateTimeOffset.UtcNow).Fault);
            return Task.FromResult(++asked == 1 ? new HttpResponseMessage(HttpStatusCode.BadGateway) : Text(HttpStatusCode.OK, """{"lanes": [{"lane": 3, "highest": 9}]}"""));
        }));
        Assert.Equal(9UL, await client.HighestCounterAsync(key.Id, 3));
        Assert.Equal(0UL, await client.HighestCounterAsync(key.Id, 0));
    }

    [Fact]
    public async Task Counters_that_are_not_told_are_an_error_and_not_zero()
    {
        using var key = SigningKey.Generate();
        using var client = Of(_ => Task.FromResult(Text(HttpStatusCode.OK, "{}")));
        await Assert.ThrowsAsync<ProblemException>(() => client.HighestCounterAsync(key.Id, 0));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_taken_up_again_after_the_last_event_that_was_handed_out()
    {
        var places = new List<string?>();
        using var client = Of(request =>
        {
            places.Add(request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : null);
            return Task.FromResult(Text(HttpStatusCode.OK, places.Count switch
            {
                1 => ": hello\n\nid: 1.0\nevent: posting\ndata: {\"a\":1}\n\nid: 1.1\ndata: one\ndata: two\n\nid: 1.2\nevent: event\ndata: {\"torn",
                2 => "id: 1.2\r\nevent: event\r\ndata: {}\r\n\r\n",
                _ => throw new HttpRequestException("gone"),
            }));
        });
        var seen = new List<StreamEvent>();
        await Assert.ThrowsAsync<UnreachableException>(async () =>
        {
            await foreach (var told in client.EventsAsync("0.0")) seen.Add(told);
        });
        Assert.Equal([new("1.0", "posting", "{\"a\":1}"), new("1.1", "message", "one\ntwo"), new("1.2", "event", "{}")], seen);
        Assert.Equal(["0.0", "1.1", "1.2"], places.Take(3));
    }

    private static KetenClient Of(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) => new(Node, null, Quick, new Handler(answer));

    private static HttpResponseMessage Text(HttpStatusCode status, string text) => new(status) { Content = new StringContent(text, Encoding.UTF8) };

    private static List<byte[]> Bodies(byte[] body)
    {
        var reader = new CborReader(body);
        var bodies = new List<byte[]>();
        for (var left = reader.Array(int.MaxValue); left > 0; left--) bodies.Add(reader.Bytes().ToArray());
        return bodies;
    }

    private static HttpResponseMessage Answers((ulong Status, uint Refusal)[] answers)
    {
        var writer = new CborWriter();
        writer.Array(answers.Length);
        foreach (var (status, refusal) in answers)
        {
            writer.Array(5);
            writer.Hash(Hash.Of("id"u8));
            writer.Unsigned(status);
            writer.Unsigned(refusal);
            writer.Integer(0);
            writer.Unsigned(5);
        }
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(writer.ToArray()) };
    }

    private sealed class Handler(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);
    }
}
