using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Client;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs.Doctor;

/// <summary>What the machine shows: disk, certificate, and who may read the secrets.</summary>
internal static class MachineFindings
{
    public static Finding? Disk(string folder, Limits limits)
    {
        if (!Directory.Exists(folder)) return null;
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        return free < limits.DiskFree
            ? new Finding("diskNearlyFull", $"{free >> 20} MiB are free where {folder} is.", $"Less than {limits.DiskFree >> 20} MiB. A node whose disk is full stops.",
                "Make room; 'keten prune' deletes the transactions of old blocks («ledger.keepBlocks» does so by itself).")
            : null;
    }

    /// <summary>A certificate in a file, with its chain.</summary>
    public static Finding? Certificate(string path, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            return Certificate(certificate, path, now);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Finding("certificateUnreadable", $"The TLS certificate {path} cannot be read.", fault.Message, "Put it where «http.certificate» says, in PEM.");
        }
    }

    public static Finding? Certificate(X509Certificate2 certificate, string where, DateTimeOffset now)
    {
        var until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var left = until - now;
        var date = until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return left > Limits.Expiring ? null
            : left < TimeSpan.Zero ? new Finding("certificateExpired", $"The TLS certificate of {where} has expired on {date}.", "Nobody who checks it connects.", "Renew it and put it in place: the node shows it to who connects ten seconds later.")
            : new Finding("certificateExpiring", $"The TLS certificate of {where} expires on {date}, in {(int)left.TotalDays} days.", "Nobody who checks it connects after that.", "Renew it and put it in place: the node shows it to who connects ten seconds later.");
    }

    /// <summary>Files that hold a secret, and that others than their owner may read or write.</summary>
    public static IEnumerable<Finding> Secrets(NodeConfiguration configuration)
    {
        var vault = configuration.Vault.Key ?? Path.TrimEndingDirectorySeparator(configuration.Ledger.Data) + "-vault.key";
        foreach (var (path, what) in (IEnumerable<(string?, string)>)[
            (configuration.Ledger.ValidatorKey, "validator's key"), (vault, "vault's key"), (configuration.Http.CertificateKey, "TLS certificate's key"), (configuration.Order.PasswordFile, "ordering service's password")])
            if (path is not null && Secret(path, what) is { } finding) yield return finding;
    }

    private static Finding? Secret(string path, string what)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows() || !File.Exists(path) || (File.GetUnixFileMode(path) & Others) == UnixFileMode.None) return null;
        return new Finding("keyReadable", $"Others than its owner may read or write the {what}, {path}.", "Whoever has it can act in this node's name.", $"chmod 600 {path}; and if others have been on the machine, replace it.");
    }

    /// <summary>The validator's key that the settings name, held against the ledger's validators of a folder that is stopped, or the ones that a node names.</summary>
    public static Finding? Opens(string path)
    {
        try
        {
            var pem = File.ReadAllText(path);
            using var key = pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? SigningKey.FromPem(pem, Environment.GetEnvironmentVariable(NodeHost.PasswordVariable)) : SigningKey.FromPem(pem);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new Finding("keyUnreadable", $"The validator's key {path} cannot be opened.", fault.Message, "Put the key where «ledger.validatorKey» says; of an encrypted one KETEN_PASSWORD is the password.");
        }
    }
}
