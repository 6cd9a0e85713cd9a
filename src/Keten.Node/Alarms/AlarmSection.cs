using System.Net.Mail;
using Keten.Node.Hosting;
using Keten.Node.Webhooks;

namespace Keten.Node.Alarms;

/// <summary>Alarms.</summary>
public sealed record AlarmSection
{
    [Setting("Subscriptions that the node keeps.", Min = 0, Max = 100_000)]
    public int AtMost { get; init; } = 256;

    [Setting("Subscriptions that a party may have.", Min = 0, Max = 10_000)]
    public int AtMostOfParty { get; init; } = 8;

    [Setting("The address under which people reach the node, for the links in messages.")]
    public string? PublicUrl { get; init; }

    [Setting("The server that takes e-mail, as HOST:PORT; without it alarms go to addresses of https only.")]
    public string? Smtp { get; init; }

    [Setting("Who writes: an address of e-mail; needed with «smtp».")]
    public string? From { get; init; }

    [Setting("The user at the server that takes e-mail; without it nobody logs in.")]
    public string? User { get; init; }

    [Setting("A file whose first line is the user's password.")]
    public string? PasswordFile { get; init; }

    [Setting("Whether the server that takes e-mail must speak TLS (STARTTLS). Only for a server on this machine can it be false.")]
    public bool StartTls { get; init; } = true;

    /// <summary>As the watch takes them.</summary>
    /// <exception cref="ConfigurationException">A setting does not fit the others.</exception>
    public AlarmOptions ToOptions(WebhookOptions sending) => new() { AtMost = AtMost, AtMostOfParty = AtMostOfParty, PublicUrl = Url(), Mail = Mail(), Sending = sending };

    private Uri? Url()
    {
        if (PublicUrl is null) return null;
        return Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.Query.Length + url.Fragment.Length + url.UserInfo.Length == 0
            ? url : throw Wrong("publicUrl", "is an address such as https://keten.example");
    }

    private MailOptions? Mail()
    {
        if (Smtp is null) return null;
        var colon = Smtp.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(Smtp.AsSpan(colon + 1), out var port) || port == 0) throw Wrong("smtp", "is HOST:PORT");
        var host = Smtp[..colon];
        if (From is null || !MailAddress.TryCreate(From, out var from)) throw Wrong("from", "is an address of e-mail, and is needed with «alarms.smtp»");
        if (!StartTls && host is not ("localhost" or "127.0.0.1" or "::1")) throw Wrong("startTls", "can be false only for a server on this machine");
        if (User is not null && PasswordFile is null) throw Wrong("passwordFile", "is needed with «alarms.user»");
        return new MailOptions(host, port, from.Address, User, User is null ? null : Password(), StartTls);
    }

    private string Password()
    {
        try
        {
            return File.ReadLines(PasswordFile!).FirstOrDefault() ?? "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Wrong("passwordFile", "cannot be read");
        }
    }

    private static ConfigurationException Wrong(string setting, string why) => new("alarms." + setting, $"«alarms.{setting}» {why}.");
}
