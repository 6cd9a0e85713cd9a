using System.Text.RegularExpressions;
using Keten.Cli.Jobs;
using Keten.Client;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Keten.EndToEnd.Web;

/// <summary>The first page as a visitor meets it, in a real browser on a real node.</summary>
public sealed partial class PageTests(Browser browser, DemoNode demo) : IClassFixture<Browser>, IClassFixture<DemoNode>
{
    static PageTests() => SetDefaultExpectTimeout(30_000);

    [ChromiumFact]
    public async Task A_visitor_is_offered_sides_and_the_page_asks_nothing_of_others()
    {
        await using var visit = await browser.VisitAsync(demo.Address);
        await Expect(visit.Page.GetByRole(AriaRole.Radio)).ToHaveCountAsync(1 + demo.World.Network.Drivers.Count);
        await Expect(visit.Page.GetByRole(AriaRole.Group, new() { Name = "Who are you?" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { Name = "Operator charge-point operator" })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#play")).ToContainTextAsync("play keys");
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task A_side_shows_its_time_line_in_plain_words()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await ChooseAsync(session.Session.Driver);
        var line = Line(visit, session);
        await Expect(line).ToContainTextAsync(LineWords());
        await Expect(line).ToContainTextAsync($"charged {Energy(session)} kWh · {Money(session.Told.Paid.Minor)} EUR paid · final");
        await Expect(line).ToContainTextAsync("with Operator");
        await Expect(visit.Page.Locator("#lines > li").First).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task A_side_is_chosen_and_a_line_opened_by_keyboard_alone()
    {
        await using var visit = await browser.VisitAsync(demo.Address);
        await Expect(visit.Page.GetByRole(AriaRole.Radio).First).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.GetByText("Skip to the time line")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Space");
        await Expect(visit.Page.GetByRole(AriaRole.Radio).First).ToBeCheckedAsync();
        await Expect(visit.Page.Locator("#lines > li").First).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Check it yourself" }).First).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".verdict")).ToHaveTextAsync("All of it holds.");
    }

    [ChromiumFact]
    public async Task A_session_that_is_charged_appears_by_itself()
    {
        await using var visit = await ChooseAsync("Operator");
        await Expect(visit.Page.Locator("#state")).ToHaveTextAsync("live");
        await Expect(visit.Page.Locator("#lines")).ToHaveAttributeAsync("aria-live", "polite");
        var session = await demo.ChargeAsync();
        var line = Line(visit, session);
        await Expect(line).ToContainTextAsync($"charged {Energy(session)} kWh");
        await Expect(line).ToContainTextAsync($"with {session.Session.Driver}");
        await Expect(line.Locator(".status")).ToHaveTextAsync("final");
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task A_line_is_checked_in_the_browser_and_a_flipped_bit_fails_by_name()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await ChooseAsync(session.Session.Driver);
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Check it yourself" }).ClickAsync();
        await Expect(line.Locator(".verdict")).ToHaveTextAsync("All of it holds.");
        await Expect(line.Locator("[data-step]")).ToHaveCountAsync(5);
        await Expect(line.Locator("[data-ok='true']")).ToHaveCountAsync(5);
        for (var time = 0; time < 5; time++)
        {
            await line.GetByRole(AriaRole.Button, new() { Name = "Flip one bit" }).ClickAsync();
            await Expect(line.Locator(".verdict")).ToContainTextAsync("It does not hold. What failed: «");
            await Expect(line.Locator("[data-ok='false']")).ToHaveCountAsync(1);
            await line.GetByRole(AriaRole.Button, new() { Name = "Check it again" }).ClickAsync();
            await Expect(line.Locator(".verdict")).ToHaveTextAsync("All of it holds.");
        }
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task A_line_that_says_something_else_than_its_receipt_fails()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await browser.VisitAsync(demo.Address);
        // A node that lies in its time line: a cent more than was signed for.
        await visit.Page.RouteAsync("**/v1/timeline*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"paid\":{\"amount\":\"", "\"paid\":{\"amount\":\"1", StringComparison.Ordinal) });
        });
        await visit.Page.GetByLabel(session.Session.Driver, new() { Exact = false }).CheckAsync();
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Check it yourself" }).ClickAsync();
        await Expect(line.Locator("[data-step='line']")).ToHaveAttributeAsync("data-ok", "false");
        await Expect(line.Locator(".verdict")).ToContainTextAsync("It says what this line says");
    }

    [ChromiumFact]
    public async Task A_dispute_from_the_page_is_final_on_both_sides_and_the_operator_can_give_in()
    {
        var session = await demo.ChargeAsync();
        await using var driver = await ChooseAsync(session.Session.Driver);
        await using var provider = await ChooseAsync("Operator");
        var line = Line(driver, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Dispute this session" }).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Say why in a few words.");
        await line.GetByLabel("What is wrong with it?").FillAsync("The cable did not fit.");
        await line.GetByRole(AriaRole.Button, new() { Name = "Dispute this session" }).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Status)).ToContainTextAsync("it is final");
        var said = $"disputed · {Money(session.Told.Paid.Minor)} EUR on hold until it is settled · final";
        await Expect(driver.Page.Locator("[data-name='MeteredUse.Disputed']").First).ToContainTextAsync(said);
        var theirs = provider.Page.Locator("[data-name='MeteredUse.Disputed']").First;
        await Expect(theirs).ToContainTextAsync(said);

        await theirs.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        await Expect(theirs.Locator("q")).ToHaveTextAsync("The cable did not fit.");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "Give in" }).ClickAsync();
        await Expect(driver.Page.Locator("[data-name='MeteredUse.Settled']").First).ToContainTextAsync("dispute settled: the operator gave in · it costs 0.00 EUR");
        Assert.Empty(driver.Complaints);
        Assert.Empty(provider.Complaints);
    }

    [ChromiumFact]
    public async Task A_credit_note_from_the_page_gives_back_what_was_too_much()
    {
        var session = await demo.ChargeAsync();
        var cost = session.Told.Cost.Minor;
        await using var visit = await ChooseAsync("Operator");
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        var amount = line.GetByLabel("What should it have cost, VAT included?");
        await line.GetByLabel("Why?").FillAsync("Half of it was ours.");
        await amount.FillAsync("1.234");
        await line.GetByRole(AriaRole.Button, new() { Name = "Write the credit note" }).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write an amount such as");
        await amount.FillAsync(Money(cost / 2));
        await line.GetByRole(AriaRole.Button, new() { Name = "Write the credit note" }).ClickAsync();
        await Expect(visit.Page.Locator("[data-name='MeteredUse.Credited']").First).ToContainTextAsync($"credited: {Money(cost)} EUR became {Money(cost / 2)} EUR");
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task What_the_ledger_refuses_is_said_in_its_own_sentence()
    {
        var session = await demo.ChargeAsync();
        Assert.True((await demo.World.DisputeAsync(session, "Before the page.")).Done);
        await using var visit = await ChooseAsync("Operator");
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Put it right" }).ClickAsync();
        await line.GetByLabel("What should it have cost, VAT included?").FillAsync("0,00");
        await line.GetByLabel("Why?").FillAsync("A gift.");
        await line.GetByRole(AriaRole.Button, new() { Name = "Write the credit note" }).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Refused: " + Contracts.Metering.MeteredUse.InDispute.Sentence);
        await Expect(visit.Page.Locator(".status.refused").First).ToHaveTextAsync("refused: " + Contracts.Metering.MeteredUse.InDispute.Sentence);
    }

    [ChromiumFact]
    public async Task Who_can_see_a_line_is_said_by_name()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await ChooseAsync(session.Session.Driver);
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Who can see this" }).ClickAsync();
        var readers = line.Locator(".readers");
        await Expect(readers).ToContainTextAsync($"{session.Session.Driver}, driver (you)");
        await Expect(readers).ToContainTextAsync("Operator, charge-point operator");
        await Expect(readers.Locator("li")).ToHaveCountAsync(3);
        await Expect(line).ToContainTextAsync("Validators see what they execute");
        Assert.Empty(visit.Complaints);
    }

    [ChromiumFact]
    public async Task Another_ledger_than_the_browser_knows_is_warned_of_and_its_receipts_fail_until_it_is_accepted()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await browser.VisitAsync(demo.Address);
        await visit.Page.EvaluateAsync("localStorage.setItem('keten.ledger', '00')");
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator("#warning")).ToContainTextAsync("another ledger");
        await visit.Page.GetByLabel(session.Session.Driver, new() { Exact = false }).CheckAsync();
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Check it yourself" }).ClickAsync();
        await Expect(line.Locator("[data-step='ledger']")).ToHaveAttributeAsync("data-ok", "false");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "I know: this is the ledger from now on" }).ClickAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Check it again" }).ClickAsync();
        await Expect(line.Locator(".verdict")).ToHaveTextAsync("All of it holds.");
    }

    [ChromiumFact]
    public async Task The_page_fits_a_phone()
    {
        var session = demo.World.Recent[^1];
        await using var visit = await browser.VisitAsync(demo.Address, width: 390, height: 844);
        await visit.Page.GetByLabel(session.Session.Driver, new() { Exact = false }).CheckAsync();
        var line = Line(visit, session);
        await line.GetByRole(AriaRole.Button, new() { Name = "Check it yourself" }).ClickAsync();
        await Expect(line.Locator(".verdict")).ToBeVisibleAsync();
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
    }

    [ChromiumFact]
    public async Task Play_keys_are_told_to_no_page_of_elsewhere()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, demo.Address + "/demo/parties");
        request.Headers.Host = "elsewhere.example";
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.SendAsync(request)).StatusCode);
        var here = await client.GetAsync(demo.Address + "/demo/parties");
        Assert.Equal(System.Net.HttpStatusCode.OK, here.StatusCode);
        Assert.False(here.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private async Task<Visit> ChooseAsync(string name)
    {
        var visit = await browser.VisitAsync(demo.Address);
        await visit.Page.GetByLabel(name, new() { Exact = false }).CheckAsync();
        return visit;
    }

    private static ILocator Line(Visit visit, ChargedSession session) => visit.Page.Locator($"[data-origin='{session.Answer.Id}']");

    private static string Money(long minor) => AmountText.Write(minor, 2);

    private static string Energy(ChargedSession session)
    {
        var text = AmountText.Write(session.Told.Energy.Minor, 3).TrimEnd('0');
        return text.EndsWith('.') ? text + "0" : text;
    }

    [GeneratedRegex(@"charged [0-9.]+ kWh · [0-9.]+ EUR paid · final", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LineWords();
}
