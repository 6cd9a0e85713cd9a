using Microsoft.Playwright;

namespace Keten.EndToEnd.Web;

/// <summary>One Chromium for all tests of the page; each test has a fresh profile.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        if (!File.Exists(ChromiumFactAttribute.Chromium)) return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ChromiumFactAttribute.Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>Opens a page as a visitor who has never been here, and notes whatever the page complains of or asks of others.</summary>
    public async Task<Visit> VisitAsync(string address, int width = 1200, int height = 900)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, Locale = "en-GB" });
        var page = await context.NewPageAsync();
        var visit = new Visit(page, context, new Uri(address).Authority);
        await page.GotoAsync(address);
        return visit;
    }
}

/// <summary>One visit of one visitor.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;

    public Visit(IPage page, IBrowserContext context, string authority)
    {
        (Page, this.context) = (page, context);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != authority) Complaints.Add("asked of another: " + request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings in the console, and requests to others.</summary>
    public List<string> Complaints { get; } = [];

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
