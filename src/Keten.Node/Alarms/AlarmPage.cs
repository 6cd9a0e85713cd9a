using System.Text;
using Keten.Node.Api;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Alarms;

/// <summary>The small page behind a link in a message: a question, and what came of it.</summary>
internal static class AlarmPage
{
    /// <summary>Asks; the answer is sent by a button, since programs that check messages follow every link.</summary>
    public static IResult Question((Alarm? Alarm, AlarmStep? Step) of) => of switch
    {
        ({ Acknowledged: not null }, _) => Page("Somebody has acknowledged this alarm already."),
        ({ } alarm, _) => Page("Acknowledge this alarm, so that nobody else is told?", "Acknowledge"),
        (_, { Confirmed: true }) => Page("Alarms are sent to this address."),
        (_, { } step) => Page("Do you want alarms to be sent to this address?", "Yes, send them"),
        _ => Unknown,
    };

    /// <summary>Says what came of it.</summary>
    public static IResult Done((Alarm? Alarm, AlarmStep? Step) of) => of switch
    {
        ({ }, _) => Page("Acknowledged. Nobody else is told."),
        (_, { }) => Page("Alarms are sent to this address from now on."),
        _ => Unknown,
    };

    private static IResult Unknown => Page("This link is not known here. Perhaps the alarm is old, or its subscription has ended.", status: 404);

    private static IResult Page(string sentence, string? button = null, int status = 200)
    {
        var form = button is null ? "" : $"<form method=\"post\"><button>{button}</button></form>";
        var page = $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Keten</title><link rel=\"stylesheet\" href=\"/style.css\"><main><p>{sentence}</p>{form}</main></html>";
        return new Hardened(Answers.Binary(Encoding.UTF8.GetBytes(page), "text/html; charset=utf-8", status));
    }

    // The address holds the token: it is told to nobody, and the page runs nothing.
    private sealed class Hardened(IResult page) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
            (headers["Referrer-Policy"], headers.XContentTypeOptions, headers.CacheControl) = ("no-referrer", "nosniff", "no-store");
            return page.ExecuteAsync(httpContext);
        }
    }
}
