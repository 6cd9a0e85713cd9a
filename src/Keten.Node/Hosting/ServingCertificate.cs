using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Hosting;

/// <summary>
/// The certificate that the doors show. Its files are looked at again and again; who connects after they have changed is shown the new one, and who is connected stays so. Where the new files do not
/// belong together, are broken or have gone, the old one is shown further, and that is told.
/// </summary>
internal sealed class ServingCertificate : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private const int FileAtMost = 1 << 20;
    private readonly HttpSection http;
    private readonly ILogger log;
    private readonly ITimer timer;
    private readonly Lock looking = new();
    private volatile Shown current;
    private Digests seen;
    private bool isTold;

    /// <exception cref="ConfigurationException">There is none that could be shown.</exception>
    public ServingCertificate(NodeConfiguration configuration, TimeProvider clock, ILogger<ServingCertificate> log)
    {
        (http, this.log) = (configuration.Http, log);
        try
        {
            seen = Stand();
            current = Load();
        }
        catch (Exception fault) when (IsOfFiles(fault))
        {
            throw new ConfigurationException(configuration.PlaceOf("http.certificate"), "«http.certificate» and «http.certificateKey» are a certificate and its key in PEM: " + fault.Message);
        }
        timer = clock.CreateTimer(_ => Look(), null, Every, Every);
    }

    /// <summary>What a new connection is shown.</summary>
    public SslStreamCertificateContext Context => current.Context;

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset Until => current.Until;

    /// <summary>Whether the files cannot be taken as they stand now.</summary>
    public bool IsFailing { get; private set; }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (looking)
        {
            try
            {
                var now = Stand();
                if (now == seen && !IsFailing) return;
                // One file is put in place before the other: only what stays as it is, is wrong.
                var settled = now == seen;
                seen = now;
                if (TryTake() is not { } fault) return;
                Fail(fault, settled);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Fail(fault, IsFailing);
            }
        }
    }

    private Exception? TryTake()
    {
        try
        {
            current = Load();
            (IsFailing, isTold) = (false, false);
            log.LogInformation("The new TLS certificate is shown; it holds until {Until:yyyy-MM-dd}.", current.Until);
            return null;
        }
        catch (Exception fault) when (IsOfFiles(fault))
        {
            return fault;
        }
    }

    private void Fail(Exception fault, bool settled)
    {
        IsFailing = true;
        if (!settled || isTold) return;
        isTold = true;
        log.LogError("The new TLS certificate cannot be taken, and the old one is shown further, which holds until {Until:yyyy-MM-dd}: {Why}", current.Until, fault.Message);
    }

    // By what is in them: a link may be turned to other files of the same age and length.
    private Digests Stand() => new(Digest(http.Certificate!), Digest(http.CertificateKey!));

    private static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > FileAtMost) throw new IOException($"{path} is longer than 1 MiB.");
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private Shown Load()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(http.Certificate!);
        var certificate = Listening.WithKey(http.Certificate!, http.CertificateKey, Environment.GetEnvironmentVariable(NodeHost.PasswordVariable));
        return new Shown(SslStreamCertificateContext.Create(certificate, chain, offline: true), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }

    private static bool IsOfFiles(Exception fault) => fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private sealed record Shown(SslStreamCertificateContext Context, DateTimeOffset Until);

    private readonly record struct Digests(string Certificate, string Key);
}
