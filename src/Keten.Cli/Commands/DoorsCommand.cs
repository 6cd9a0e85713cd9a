using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Doors;

namespace Keten.Cli.Commands;

/// <summary>Live doors for devices: charge points, events, a broker (docs/doors.md).</summary>
internal static class DoorsCommand
{
    private const string UsualFile = "doors.json";
    private const int PasswordBytes = 24;

    public static Command Create()
    {
        var config = Config();
        var command = new Command("doors", "Runs the doors for charge points (OCPP), events (CloudEvents) and a broker's queue (MQTT) until they are told to stop (docs/doors.md).") { config, Apart(), Password() };
        command.WithKeyFolder().WithPassword();
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var configuration = Load(parse.GetValue(config));
            using var keys = new DoorKeys(parse.KeyFolder(), parse.Password());
            await using var host = await OpenAsync(() => DoorsHost.StartAsync(configuration, keys, terminal.Plain, cancel: cancel));
            terminal.Plain($"The doors are open on {host.Url}");
            terminal.Result(new JsonObject { ["url"] = host.Url, ["register"] = configuration.Register, ["chargePoints"] = configuration.ChargePoints.Count, ["data"] = configuration.Data });
            await Task.WhenAny(Task.Delay(Timeout.Infinite, cancel));
            return Exit.Ok;
        });
        return command;
    }

    private static Command Apart()
    {
        var config = Config();
        var most = new Option<int>("--limit") { Description = "How many at most.", HelpName = "NUMBER", DefaultValueFactory = _ => 100 };
        var show = new Option<long?>("--show") { Description = "Print what came under a number, and nothing else.", HelpName = "NUMBER" };
        var command = new Command("apart", "Lists what was kept apart, the newest first, and why. The doors may be open meanwhile.") { config, most, show };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var apart = await OpenAsync(() => Task.FromResult(DoorsHost.ReadApart(Load(parse.GetValue(config)), parse.GetValue(show) is null ? parse.GetValue(most) : int.MaxValue)));
            if (parse.GetValue(show) is { } number)
            {
                var one = apart.FirstOrDefault(each => each.Number == number) ?? throw ExitException.Usage($"Nothing is kept apart under the number {number}.");
                terminal.Plain(Convert.ToHexStringLower(one.Content));
                terminal.Result(ToJson(one, content: true));
                return Exit.Ok;
            }
            terminal.Show(["number", "when", "source", "id", "why", "times"], apart.Select(each => new[]
            {
                each.Number.ToString(CultureInfo.InvariantCulture), Moment(each), each.Source, each.Id, $"{each.Reason}: {each.Sentence}", each.Count.ToString(CultureInfo.InvariantCulture),
            }));
            terminal.Result(new JsonObject { ["count"] = apart.Count, ["apart"] = new JsonArray([.. apart.Select(each => (JsonNode)ToJson(each, content: false))]) });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Password()
    {
        var command = new Command("password", "Draws a password for a charge point, and says what of it stands in the configuration.");
        Terminal.Runs(command, (terminal, _, _) =>
        {
            // 32 characters, as many as OCPP's BasicAuthPassword may have at least.
            var drawn = Convert.ToBase64String(RandomNumberGenerator.GetBytes(PasswordBytes)).Replace('+', '-').Replace('/', '_');
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(drawn)));
            terminal.Show(("password", drawn), ("passwordSha256", hash));
            terminal.Result(new JsonObject { ["password"] = drawn, ["passwordSha256"] = hash });
            return Task.FromResult(Exit.Ok);
        });
        return command;
    }

    private static Option<FileInfo?> Config() => new("--config") { Description = $"The configuration; by default {UsualFile}.", HelpName = "FILE" };

    private static DoorsConfiguration Load(FileInfo? file)
    {
        try
        {
            return DoorsConfiguration.Load(file?.FullName ?? UsualFile);
        }
        catch (DoorsException fault)
        {
            throw ExitException.Usage(fault.Message);
        }
    }

    private static async Task<T> OpenAsync<T>(Func<Task<T>> open)
    {
        try
        {
            return await open();
        }
        catch (DoorsException fault)
        {
            throw ExitException.Usage(fault.Message);
        }
    }

    private static string Moment(Apart apart) => DateTimeOffset.FromUnixTimeSeconds(apart.At).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject ToJson(Apart apart, bool content)
    {
        var json = new JsonObject
        {
            ["number"] = apart.Number, ["at"] = Moment(apart), ["source"] = apart.Source, ["id"] = apart.Id, ["reason"] = apart.Reason.ToString(), ["sentence"] = apart.Sentence, ["times"] = apart.Count,
            ["size"] = apart.Size,
        };
        if (content) json["content"] = Convert.ToHexStringLower(apart.Content);
        return json;
    }
}
