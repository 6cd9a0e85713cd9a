using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Keten.Node.Alarms;

/// <summary>Hands one plain message to the server that takes e-mail (SMTP, RFC 5321).</summary>
internal sealed class MailSender(MailOptions options, TimeSpan timeout)
{
    /// <summary>Whether an address can be written to: one mailbox, nothing else in it.</summary>
    public static MailAddress? AddressOf(Uri to)
    {
        if (to.Scheme != Uri.UriSchemeMailto || to.Query.Length > 0) return null;
        var text = Uri.UnescapeDataString(to.AbsoluteUri["mailto:".Length..]);
        return text.Length <= 254 && !text.Any(part => char.IsControl(part) || char.IsWhiteSpace(part) || part is ',' or '<' or '>' or '"') && MailAddress.TryCreate(text, out var address) ? address : null;
    }

    /// <summary>Null where the server took it, otherwise what it came to.</summary>
    /// <param name="to">Whom.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">The message.</param>
    /// <param name="id">The same at each attempt, so that a mailbox can tell what it has already.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<string?> SendAsync(MailAddress to, string subject, string text, string id, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.StartTls, UseDefaultCredentials = false };
        if (options.User is { } user) client.Credentials = new NetworkCredential(user, options.Password);
        var from = new MailAddress(options.From, "Keten");
        using var message = new MailMessage(from, to) { Subject = subject, Body = text, SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8, BodyTransferEncoding = System.Net.Mime.TransferEncoding.QuotedPrintable };
        message.Headers.Add("Message-ID", $"<{id}@{from.Host}>");
        // RFC 3834: nobody's absence is to answer it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        try
        {
            await client.SendMailAsync(message, limit.Token);
            return null;
        }
        catch (SmtpException fault)
        {
            // Not the whole text: it may tell of the node's own network.
            return $"The server that takes e-mail said no ({fault.StatusCode}).";
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            return "The server that takes e-mail could not be reached.";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "The server that takes e-mail did not answer in time.";
        }
    }
}
