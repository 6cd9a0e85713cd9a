using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs.Doctor;

/// <summary>All that is looked at.</summary>
/// <param name="Configuration">The settings of this machine's node; null where only others are asked.</param>
/// <param name="Nodes">The nodes that are examined.</param>
/// <param name="Peers">Others, whose clocks are compared.</param>
/// <param name="Promises">Signed answers «accepted».</param>
/// <param name="Reader">Who asks for those transactions.</param>
/// <param name="Limits">From where on something is wrong.</param>
internal sealed record Examination(NodeConfiguration? Configuration, IReadOnlyList<Uri> Nodes, IReadOnlyList<Uri> Peers, IReadOnlyList<FileInfo> Promises, Signer? Reader, Limits Limits)
{
    private static readonly TimeSpan AnswerAtMost = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        if (Configuration is { } here) findings.AddRange(await HereAsync(here, cancel));
        var (evident, own) = (findings.Exists(finding => finding.Code == "misbehaviour"), OwnCertificate());
        var (clocks, now) = (new List<(Uri Node, TimeSpan Offset)>(), DateTimeOffset.UtcNow);
        foreach (var node in Nodes.Concat(Peers).Distinct())
        {
            var (condition, offset, why, seen) = await AskAsync(node, own, cancel);
            if (seen is not null && MachineFindings.Certificate(seen, node.ToString(), now) is { } finding) findings.Add(finding);
            seen?.Dispose();
            if (condition is null)
            {
                findings.Add(Silent(node, why!));
                continue;
            }
            clocks.Add((node, offset));
            if (!Nodes.Contains(node)) continue;
            // What the folder's evidence names need not be counted once more.
            findings.AddRange(new NodeFindings(condition, Limits).All().Where(finding => !evident || finding.Code != "misbehaviour"));
            foreach (var file in Promises) findings.AddRange(await PromiseAsync(node, file, condition, cancel));
        }
        findings.AddRange(Clocks(clocks));
        // One cause, told once: what a node says of itself and what its folder or its certificate's file shows.
        return [.. findings.DistinctBy(finding => (finding.Code, finding.What))];
    }

    private async Task<List<Finding>> HereAsync(NodeConfiguration here, CancellationToken cancel)
    {
        List<Finding?> found = [MachineFindings.Disk(here.Ledger.Data, Limits), here.Http.Certificate is { } tls ? MachineFindings.Certificate(tls, DateTimeOffset.UtcNow) : null];
        found.AddRange(MachineFindings.Secrets(here));
        if (here.Ledger.ValidatorKey is { } key) found.Add(MachineFindings.Opens(key));
        found.AddRange(FolderFindings.Evidence(here.Ledger.Data));
        if (File.Exists(Path.Combine(here.Ledger.Data, "genesis.cbor"))) found.Add(await FolderFindings.StoppedAsync(here.Ledger.Data, cancel));
        return [.. found.OfType<Finding>()];
    }

    private byte[]? OwnCertificate()
    {
        try
        {
            if (Configuration?.Http.Certificate is not { } path) return null;
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            return certificate.RawData;
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private Finding Silent(Uri node, string why) => Nodes.Contains(node)
        ? new Finding("nodeUnreachable", $"The node at {node} does not answer.", why, "See whether it runs (systemctl status keten), and what its log says last.")
        : new Finding("peerUnreachable", $"The other node at {node} does not answer.", why, "See whether the address in «order.peers» is right, and ask its operators.");

    private static async Task<(JsonObject? Condition, TimeSpan Offset, string? Why, X509Certificate2? Seen)> AskAsync(Uri node, byte[]? own, CancellationToken cancel)
    {
        X509Certificate2? seen = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            if (certificate is not null) seen ??= X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            // This machine's node is asked by its address, which its certificate need not name.
            return errors == SslPolicyErrors.None || (own is not null && certificate is not null && own.AsSpan().SequenceEqual(certificate.GetRawCertData()));
        };
        using var client = new HttpClient(handler) { BaseAddress = node, Timeout = AnswerAtMost, MaxResponseContentBufferSize = 1 << 20 };
        try
        {
            // The first request opens the connection, and the second is timed.
            using (await client.GetAsync("health/live", cancel)) { }
            var began = Stopwatch.GetTimestamp();
            var text = await client.GetStringAsync("health/condition", cancel);
            var middle = DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(began) / 2;
            var condition = JsonNode.Parse(text)!.AsObject();
            return (condition, TimeSpan.FromMilliseconds((long)condition["clockMs"]! - middle.ToUnixTimeMilliseconds()), null, seen);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested && fault is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException or NullReferenceException)
        {
            return (null, default, fault is OperationCanceledException ? $"No answer within {AnswerAtMost.TotalSeconds} s." : (fault.InnerException ?? fault).Message, seen);
        }
    }

    // Against the middle of the others; alone, against this machine.
    private IEnumerable<Finding> Clocks(List<(Uri Node, TimeSpan Offset)> clocks)
    {
        foreach (var (node, offset) in clocks)
        {
            TimeSpan[] others = [.. clocks.Where(one => one.Node != node).Select(one => one.Offset).Order()];
            var off = offset - (others.Length > 0 ? others[(others.Length - 1) / 2] : TimeSpan.Zero);
            if (off.Duration() <= Limits.ClockOff || !Nodes.Contains(node)) continue;
            yield return new Finding("clockOff", $"The clock of {node} is {NodeFindings.Seconds(off.Duration().TotalSeconds)} {(off > TimeSpan.Zero ? "ahead of" : "behind")} {(others.Length > 0 ? "the others'" : "this machine's")}.",
                "Validators state their clocks, and transactions expire by them.", "Set the machine's clock by NTP.");
        }
    }

    private async Task<IEnumerable<Finding>> PromiseAsync(Uri node, FileInfo file, JsonObject condition, CancellationToken cancel)
    {
        if (file.Length > Acceptance.BytesAtMost) return [NoPromise(file)];
        Acceptance promise;
        try
        {
            promise = Acceptance.FromBytes(await File.ReadAllBytesAsync(file.FullName, cancel));
        }
        catch (Kernel.Cbor.MalformedException)
        {
            return [NoPromise(file)];
        }
        using var client = new KetenClient(node, Reader, new Patience { Attempts = 2 });
        if (promise.LedgerId != (await client.GenesisAsync(cancel)).LedgerId) return [NoPromise(file)];
        if (!MomentText.TryParse((string?)condition["ledgerTime"] ?? "", out var time) || time <= promise.Expiry || await client.TransactionAsync(promise.Transaction, cancel: cancel) is not null) return [];
        return [new Finding("acceptedNotFinal", $"Validator {NameOf(promise.Validator, condition)} has accepted transaction {promise.Transaction}, and it was never decided.",
            $"It expired at {MomentText.Write(promise.Expiry)} of ledger time, and it is {MomentText.Write(time)}; {file.Name} is the validator's signed word.",
            "Keep the file. With proofs of ledger time and of the signer's counters 'keten verify' shows it to anybody (docs/network.md). Send the transaction anew, to another node.")];
    }

    private static string NameOf(KeyId validator, JsonObject condition) =>
        (string?)condition["validators"]!.AsArray().FirstOrDefault(one => (string?)one!["id"] == validator.ToString())?["name"] ?? validator.ToString();

    private static Finding NoPromise(FileInfo file) => new("noPromise", $"{file} is no promise of a validator of this ledger.", "It does not decode, or is of another ledger.", "Give the file that came with the answer «accepted».");
}
