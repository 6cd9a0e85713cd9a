using System.Security.Cryptography;
using System.Text;
using Keten.Kernel;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Keten.Tests.Views;

namespace Keten.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private readonly Rig rig = new();
    private readonly ManualClock clock = new();
    private readonly CancellationTokenSource stop = new();
    private Receiver receiver = null!;
    private ViewStore views = null!;
    private WebhookStore store = null!;
    private WebhookDispatcher? dispatcher;
    private Task following = Task.CompletedTask;

    private Party Bank => Party.Of(rig.Bank.Id);

    private WebhookOptions Options => new() { AllowLoopback = true, Clock = clock, Random = new Random(5) };

    public async Task InitializeAsync()
    {
        receiver = await Receiver.StartAsync();
        views = ViewStore.Open(rig.File, rig.Source);
        following = views.RunAsync(stop.Token);
        store = new WebhookStore(Path.Combine(rig.Folder.FullName, "webhooks.db"));
    }

    public async Task DisposeAsync()
    {
        if (dispatcher is not null) await dispatcher.DisposeAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        views.Dispose();
        store.Dispose();
        await receiver.DisposeAsync();
        rig.Dispose();
    }

    [Fact]
    public async Task A_message_verifies_as_the_standard_says_with_the_secret_that_was_shown_once()
    {
        var (_, secret) = Subscribe(Bank);
        rig.Add(rig.Issue(0, 100));
        Start();
        var got = await receiver.NextAsync();
        // Independent of the sender: https://www.standardwebhooks.com, «Verifying signatures».
        var key = Convert.FromBase64String(WebhookSender.Show(secret)["whsec_".Length..]);
        using var hmac = new HMACSHA256(key);
        var expected = Convert.ToBase64String(hmac.ComputeHash(Encoding.ASCII.GetBytes(got.Id + "." + got.Timestamp + "." + Encoding.UTF8.GetString(got.Body))));
        Assert.Equal("v1," + expected, got.Signature);
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds().ToString(), got.Timestamp);
        Assert.EndsWith("." + got.Event, got.Id);
        Assert.DoesNotContain(Convert.ToHexStringLower(secret), Encoding.UTF8.GetString(got.Body), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_signature_of_the_standards_own_example_is_made()
    {
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookSender.Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));
    }

    [Fact]
    public async Task Events_come_in_order_and_each_again_until_it_is_taken()
    {
        Subscribe(Bank);
        for (var each = 0; each < 6; each++) rig.Add(rig.Issue(each % 3, 100));
        receiver.Answer = count => count % 3 == 2 ? 200 : 503;
        Start();
        for (var each = 0; each < 18; each++)
        {
            var got = await receiver.NextAsync();
            if (got.Answered != 200) Assert.InRange((await clock.JumpAsync()).TotalSeconds, 3, 20);
        }
        var expected = rig.Blocks.Where(block => block.Readers.Count > 0).Select(block => $"{block.Certificate.Header.Height}.0").ToArray();
        Assert.Equal(expected, receiver.All.Where(got => got.Answered == 200).Select(got => got.Event));
        Assert.Equal(expected, receiver.All.Select(got => got.Event).Distinct());
        Assert.All(receiver.All.GroupBy(got => got.Event), attempts => Assert.Single(attempts.Select(got => got.Id).Distinct()));
    }

    [Fact]
    public async Task What_is_never_taken_is_tried_for_a_day_with_growing_delays_and_then_a_dead_letter_that_can_be_sent_again()
    {
        var (webhook, _) = Subscribe(Bank);
        rig.Add(rig.Issue(0, 100));
        var (first, accepting) = (rig.Height, false);
        receiver.Answer = _ => accepting ? 200 : 500;
        var began = clock.GetUtcNow();
        Start();
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            await receiver.NextAsync();
            if (attempt == 12) break;
            var plain = Math.Min(5 * Math.Pow(3, attempt - 1), 21_600);
            Assert.InRange((await clock.JumpAsync()).TotalSeconds, plain * 0.8 - 1, plain * 1.2 + 1);
        }
        Assert.InRange((clock.GetUtcNow() - began).TotalHours, 12, 27);
        var letter = await EventuallyAsync(() => store.DeadLetters(webhook.Id, Position.Start, 10).SingleOrDefault());
        Assert.Equal((first, 12, "It answered 500."), (letter.At.Height, letter.Attempts, letter.Error));

        accepting = true;
        rig.Add(rig.Issue(1, 100));
        Assert.Equal($"{rig.Height}.0", (await receiver.NextAsync()).Event);
        Assert.Equal(1, store.Redeliver(webhook.Id, letter.At));
        dispatcher!.Wake(webhook);
        Assert.Equal($"{first}.0", (await receiver.NextAsync()).Event);
        await EventuallyAsync(() => store.DeadLetters(webhook.Id, Position.Start, 10).Count == 0 ? "none" : null);
    }

    [Fact]
    public async Task A_subscriber_that_takes_nothing_is_given_up_and_goes_on_where_it_was_when_asked_to()
    {
        var (webhook, _) = Subscribe(Bank);
        for (var each = 0; each < 5; each++) rig.Add(rig.Issue(0, 100));
        receiver.Answer = _ => 500;
        Start(Options with { Attempts = 1, GivenUpAfter = 2 });
        await EventuallyAsync(() => store.Find(webhook.Id)!.Suspended ? "suspended" : null);
        Assert.Equal(2, receiver.All.Count);
        receiver.Answer = _ => 200;
        Assert.Equal(2, store.Redeliver(webhook.Id, null));
        dispatcher!.Wake(webhook);
        await EventuallyAsync(() => receiver.All.Count(got => got.Answered == 200) == 5 ? "all" : null);
        Assert.False(store.Find(webhook.Id)!.Suspended);
        Assert.Empty(store.DeadLetters(webhook.Id, Position.Start, 10));
    }

    [Fact]
    public async Task A_subscriber_that_is_gone_is_asked_no_more()
    {
        var (webhook, _) = Subscribe(Bank);
        rig.Add(rig.Issue(0, 100));
        receiver.Answer = _ => 410;
        Start();
        await EventuallyAsync(() => store.Find(webhook.Id)!.Suspended ? "suspended" : null);
        Assert.Single(receiver.All);
    }

    [Fact]
    public async Task A_subscriber_gets_what_its_party_may_read_and_its_filter_lets_through()
    {
        var (_, other) = (Subscribe(rig[0]), Subscribe(Bank, number: 2));
        Subscribe(Bank, agreement: 7);
        rig.Add(rig.Issue(0, 100));
        rig.Add(rig.Redeem(0, 30));
        rig.Add(rig.Issue(0, 100));
        rig.Add(rig.Redeem(0, 20));
        Start();
        Assert.Equal($"{rig.Height - 2}.0", (await receiver.NextAsync()).Event);
        Assert.Equal($"{rig.Height}.0", (await receiver.NextAsync()).Event);
        Assert.Equal(2, receiver.All.Count);
        Assert.All(receiver.All, got => Assert.StartsWith(other.Webhook.Id, got.Id));
    }

    [Fact]
    public async Task After_a_restart_delivery_goes_on_after_what_was_taken_and_waits_what_was_left_of_the_delay()
    {
        Subscribe(Bank);
        rig.Add(rig.Issue(0, 100));
        Start();
        await receiver.NextAsync();
        receiver.Answer = _ => 500;
        rig.Add(rig.Issue(0, 100));
        await receiver.NextAsync();
        await EventuallyAsync(() => clock.Pending > 0 ? "waiting" : null);
        await dispatcher!.DisposeAsync();
        receiver.Answer = _ => 200;
        Start();
        Assert.InRange((await clock.JumpAsync()).TotalSeconds, 3, 7);
        var got = await receiver.NextAsync();
        Assert.Equal($"{rig.Height}.0", got.Event);
        Assert.Equal(3, receiver.All.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        Subscribe(Bank);
        rig.Add(rig.Issue(0, 100));
        receiver.Answer = count => count == 0 ? 307 : 200;
        Start();
        await receiver.NextAsync();
        await EventuallyAsync(() => clock.Pending > 0 ? "waiting" : null);
        Assert.Single(receiver.All);
    }

    [Fact]
    public async Task A_name_that_leads_into_the_nodes_own_network_is_not_called()
    {
        using var sender = new WebhookSender(new WebhookOptions());
        // Past the first check, as a name that is resolved anew would be.
        var (error, _) = await sender.SendAsync(receiver.Url, new byte[32], "id", [], default);
        Assert.StartsWith("It could not be reached", error);
        (error, _) = await sender.SendAsync(new Uri("http://localhost:" + receiver.Url.Port + "/hook"), new byte[32], "id", [], default);
        Assert.StartsWith("It could not be reached", error);
        Assert.Empty(receiver.All);
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("ftp://example.com/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:word@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("https://localhost/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://172.31.255.255/")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    [InlineData("https://[2002:a00:1::]/")]
    [InlineData("//example.com/")]
    [InlineData("hook")]
    [InlineData(null)]
    public void An_address_that_is_not_public_https_is_refused(string? url) => Assert.NotNull(new Targets(new WebhookOptions()).Judge(url, out _));

    [Theory]
    [InlineData("https://example.com/hook?x=1")]
    [InlineData("https://93.184.215.14:8443/")]
    [InlineData("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/")]
    public void A_public_https_address_is_taken(string url) => Assert.Null(new Targets(new WebhookOptions()).Judge(url, out _));

    [Fact]
    public void A_private_network_and_this_machine_are_allowed_where_that_is_configured()
    {
        Assert.Null(new Targets(new WebhookOptions { AllowPrivate = true }).Judge("https://10.1.2.3/", out _));
        Assert.NotNull(new Targets(new WebhookOptions { AllowPrivate = true }).Judge("https://127.0.0.1/", out _));
        Assert.Null(new Targets(new WebhookOptions { AllowLoopback = true }).Judge("http://127.0.0.1:5000/", out _));
        Assert.NotNull(new Targets(new WebhookOptions { AllowLoopback = true }).Judge("http://10.1.2.3/", out _));
    }

    [Fact]
    public void Subscriptions_are_bounded_in_all_and_for_each_party()
    {
        var options = Options with { AtMost = 3, AtMostOfParty = 2 };
        Assert.NotNull(store.Add(Bank, receiver.Url, null, null, null, default, options));
        Assert.NotNull(store.Add(Bank, receiver.Url, null, null, null, default, options));
        Assert.Null(store.Add(Bank, receiver.Url, null, null, null, default, options));
        var (mine, _) = store.Add(rig[0], receiver.Url, null, null, null, default, options)!.Value;
        Assert.Null(store.Add(rig[1], receiver.Url, null, null, null, default, options));
        Assert.Equal(mine, Assert.Single(store.List(rig[0])));
        Assert.True(store.Remove(mine.Id));
        Assert.False(store.Remove(mine.Id));
    }

    private (Webhook Webhook, byte[] Secret) Subscribe(Party party, ulong? agreement = null, ushort? number = null) =>
        store.Add(party, receiver.Url, agreement, null, number, Position.Start, Options)!.Value;

    private void Start(WebhookOptions? options = null) => dispatcher = new WebhookDispatcher(views, store, options ?? Options);

    private static async Task<T> EventuallyAsync<T>(Func<T?> look) where T : class
    {
        for (var tries = 0; tries < 3_000; tries++)
        {
            if (look() is { } found) return found;
            await Task.Delay(10);
        }
        throw new TimeoutException("It did not come about.");
    }
}
