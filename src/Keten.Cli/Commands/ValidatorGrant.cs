using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Kernel;
using Keten.Log;

namespace Keten.Cli.Commands;

/// <summary>What the operator of the ordering service does for a validator that was voted in: a user of its own, who writes nothing but its own.</summary>
internal static class ValidatorGrant
{
    public static Command Create()
    {
        var validator = new Argument<string>("validator") { Description = "The id of the validator's node key, 40 hexadecimal digits." };
        var user = new Option<string>("--user") { Description = "The user, of PostgreSQL the role, that it gets.", HelpName = "NAME", Required = true };
        var password = new Option<FileInfo>("--user-password-file") { Description = "A file with the password that the user gets.", HelpName = "FILE", Required = true };
        var etcd = new Option<string[]>("--etcd") { Description = "The address of a member of the etcd cluster; once for each.", HelpName = "URL", DefaultValueFactory = _ => [] };
        var prefix = new Option<string>("--prefix") { Description = "What all keys of the ledger begin with.", DefaultValueFactory = _ => "keten/" };
        var postgres = new Option<string?>("--postgres") { Description = "The connection to PostgreSQL, as one who may create roles.", HelpName = "TEXT" };
        var schema = new Option<string>("--schema") { Description = "The schema of the ledger's log.", DefaultValueFactory = _ => "keten" };
        var admin = new Option<string?>("--admin") { Description = "As which user of etcd, where it asks for one: root.", HelpName = "NAME" };
        var secret = new Option<FileInfo?>("--admin-password-file") { Description = "A file with that user's password.", HelpName = "FILE" };
        var revoke = new Option<bool>("--revoke") { Description = "Takes the user and role away again, on etcd: of a validator that was voted out, or of an old key." };
        var command = new Command("grant", "Gives a validator its user and role on the ordering service. For the service's operator.") { validator, user, password, etcd, prefix, postgres, schema, admin, secret, revoke };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var (id, name, word) = (parse.GetRequiredValue(validator), parse.GetRequiredValue(user), Line(parse.GetRequiredValue(password)));
            if (!KeyId.TryParse(id, out _)) throw ExitException.Usage("A validator's id is 40 hexadecimal digits.");
            var members = parse.GetValue(etcd)!;
            if (members.Length > 0 == parse.GetValue(postgres) is not null) throw ExitException.Usage("Name the ordering service: --etcd URL, or --postgres TEXT.");
            if (members.Length > 0)
            {
                var options = new EtcdOptions
                {
                    Endpoints = [.. members.Select(member => new Uri(member.EndsWith('/') ? member : member + "/"))], Prefix = parse.GetValue(prefix)!, Validator = id, Folder = Path.GetTempPath(),
                    User = parse.GetValue(admin), Password = parse.GetValue(secret) is { } file ? Line(file) : "",
                };
                if (parse.GetValue(revoke)) await EtcdSetup.RemoveValidatorAsync(options, id, name, cancel);
                else await EtcdSetup.AddValidatorAsync(options, id, name, word, cancel);
            }
            else if (parse.GetValue(revoke)) throw ExitException.Usage("A role of PostgreSQL is taken away there: drop role.");
            else await PostgresSetup.AddValidatorAsync(new PostgresOptions { Connection = parse.GetValue(postgres)!, Schema = parse.GetValue(schema)! }, id, name, word, cancel);
            terminal.Plain(parse.GetValue(revoke) ? $"{name} writes no more." : $"{name} writes as validator {id}.");
            terminal.Result(new JsonObject { ["validator"] = id, ["user"] = name, ["revoked"] = parse.GetValue(revoke) });
            return Exit.Ok;
        });
        return command;
    }

    private static string Line(FileInfo file)
    {
        using var reader = file.OpenText();
        return reader.ReadLine() is { Length: > 0 } line ? line : throw ExitException.Usage($"{file} is empty.");
    }
}
