using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Devices;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Commands;

/// <summary>An operator's register of devices.</summary>
internal static class DeviceCommand
{
    private const int CertificateAtMost = 16 << 20;
    private const byte DevicesTable = 1;

    public static Command Create() => new("device", "An operator's register of devices (docs/contracts/devices.md). The key is the operator's.") { Register(), Enrol(), Calibrate(), Revoke(), List() };

    private static Command Register()
    {
        var command = Session.Adds(new Command("register", "Begins a register, and prints its number."), keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var wallet = await session.WalletAsync(cancel);
            var keeper = await session.PartyAsync(wallet.Signer.Id, cancel);
            var answer = await wallet.SendAsync((await wallet.BeginAsync(cancel: cancel)).Open(DeviceRegister.Contents, new DeviceRegister.Begin(keeper)), cancel: cancel);
            if (answer.Status != SubmissionStatus.Done) return terminal.Told(answer);
            var number = OutcomeLeaf.Read(Receipt.FromBytes(await session.Client.ReceiptAsync(answer.Id, cancel: cancel)).Outcomes[0].Leaf).Agreement;
            terminal.Plain(number.ToString(CultureInfo.InvariantCulture));
            terminal.Result(new JsonObject { ["register"] = number, ["operator"] = keeper.ToString() });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Enrol()
    {
        var (register, certificate, until) = (RegisterOption(), CertificateOption(), UntilOption());
        var device = new Option<string>("--device") { Description = "The device's key, by its name in the folder; it signs too.", HelpName = "NAME", Required = true };
        var kind = new Option<DeviceKind>("--kind") { Description = "ChargePoint, Machine, Vehicle or Sensor.", HelpName = "KIND", Required = true };
        var meter = new Option<string?>("--meter-key") { Description = "Its meter's public key (SubjectPublicKeyInfo), in hexadecimal or base64, where the meter signs by itself.", HelpName = "KEY" };
        var software = new Option<string>("--software") { Description = "The version that it runs.", HelpName = "TEXT", Required = true };
        var command = Session.Adds(new Command("enrol", "Enrols a device; one that is no party yet becomes one.") { register, device, kind, meter, certificate, until, software }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var wallet = await session.WalletAsync(cancel);
            var own = await session.WalletAsync(cancel, parse.GetRequiredValue(device));
            if (await session.Client.KeyAsync(own.Signer.Id, cancel) is null)
            {
                var joined = await own.SendAsync((await own.BeginAsync(cancel: cancel)).Enrol(own.Signer.Public), cancel: cancel);
                if (joined.Status != SubmissionStatus.Done) return terminal.Told(joined);
            }
            var party = await session.PartyAsync(own.Signer.Id, cancel);
            var calibration = CalibrationOf(parse.GetRequiredValue(certificate), parse.GetRequiredValue(until));
            var transaction = await own.JoinAsync(await wallet.BeginAsync(cancel: cancel), cancel: cancel);
            transaction.Call(DeviceRegister.Contents, new(parse.GetRequiredValue(register)), new DeviceRegister.Enrol(
                party, parse.GetRequiredValue(kind), KeyOf(parse.GetValue(meter)), calibration, parse.GetRequiredValue(software)));
            return terminal.Told(await wallet.SendAsync(transaction, others: [own.Signer], cancel: cancel), new JsonObject { ["device"] = party.ToString(), ["certificate"] = calibration.Certificate.ToString() });
        });
        return command;
    }

    private static Command Calibrate()
    {
        var (register, device, certificate, until) = (RegisterOption(), DeviceOption(), CertificateOption(), UntilOption());
        var meter = new Option<string?>("--meter-key") { Description = "The new meter's public key, where the meter was exchanged.", HelpName = "KEY" };
        var command = Session.Adds(new Command("calibrate", "States a new certificate of calibration; with --meter-key, of another meter in the device.") { register, device, certificate, until, meter }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var (party, calibration) = (Common.PartyOf(session.Folder, parse.GetRequiredValue(device)), CalibrationOf(parse.GetRequiredValue(certificate), parse.GetRequiredValue(until)));
            var answer = KeyOf(parse.GetValue(meter)) is { } key
                ? await DoAsync(session, parse.GetRequiredValue(register), new DeviceRegister.ExchangeMeter(party, key, calibration), cancel)
                : await DoAsync(session, parse.GetRequiredValue(register), new DeviceRegister.Calibrate(party, calibration), cancel);
            return terminal.Told(answer);
        });
        return command;
    }

    private static Command Revoke()
    {
        var (register, device) = (RegisterOption(), DeviceOption());
        var reason = new Option<string>("--reason") { Description = "Why; its SHA-256 goes on the ledger.", HelpName = "TEXT", Required = true };
        var command = Session.Adds(new Command("revoke", "Revokes a device, for ever: what it signed and was not charged yet is charged no more.") { register, device, reason }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) => terminal.Told(await DoAsync(
            session, parse.GetRequiredValue(register),
            new DeviceRegister.Revoke(Common.PartyOf(session.Folder, parse.GetRequiredValue(device)), Hash.Of(Encoding.UTF8.GetBytes(parse.GetRequiredValue(reason)))), cancel)));
        return command;
    }

    private static Command List()
    {
        var register = RegisterOption();
        var command = Session.Adds(new Command("list", "Lists a register's devices.") { register }, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var devices = new JsonArray();
            for (string? after = null; ;)
            {
                var page = await session.Client.RecordsAsync(parse.GetRequiredValue(register), DevicesTable, after, 500, cancel) ?? throw new ExitException(Exit.Failed, "There is no such register.");
                foreach (var row in page["records"]!.AsArray()) devices.Add((JsonNode)new JsonObject { ["device"] = row!["key"]!.DeepClone(), ["is"] = row["record"]!.DeepClone() });
                if ((after = (string?)page["next"]) is null) break;
            }
            terminal.Show(["device", "kind", "software", "calibrated until", "revoked"], devices.Select(each => new[]
            {
                (string)each!["device"]!, (string)each["is"]!["kind"]!, (string)each["is"]!["software"]!, (string)each["is"]!["calibration"]!["until"]!, (string?)each["is"]!["revoked"] ?? "",
            }));
            terminal.Result(new JsonObject { ["devices"] = devices });
            return Exit.Ok;
        });
        return command;
    }

    private static async Task<Submission> DoAsync<TClause>(Session session, ulong register, TClause clause, CancellationToken cancel) where TClause : notnull
    {
        var wallet = await session.WalletAsync(cancel);
        return await wallet.SendAsync((await wallet.BeginAsync(cancel: cancel)).Call(DeviceRegister.Contents, new(register), clause), cancel: cancel);
    }

    private static Option<ulong> RegisterOption() => new("--register") { Description = "The register's number.", HelpName = "NUMBER", Required = true };

    private static Option<string> DeviceOption() => new("--device") { Description = "The device: 40 hexadecimal digits, or the name of its key in the folder.", HelpName = "PARTY", Required = true };

    private static Option<FileInfo> CertificateOption() => new("--certificate") { Description = "The certificate of calibration; its SHA-256 goes on the ledger.", HelpName = "FILE", Required = true };

    private static Option<string> UntilOption() => new("--until") { Description = "The last day on which it is in force, in UTC: 2034-12-31.", HelpName = "DATE", Required = true };

    private static Calibration CalibrationOf(FileInfo certificate, string until) =>
        DateOnly.TryParseExact(until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new Calibration(Hash.Of(Files.Read(certificate, CertificateAtMost)), new Instant(new DateTimeOffset(day.AddDays(1), default, default).ToUnixTimeSeconds() - 1))
            : throw ExitException.Usage("--until is a day like 2034-12-31.");

    private static Hash? KeyOf(string? text) => text is null ? null
        : OcmfPublicKey.Read(text) is { } key ? Hash.Of(key.Spki.Span) : throw ExitException.Usage("--meter-key is a SubjectPublicKeyInfo of a named curve, in hexadecimal or base64.");
}
