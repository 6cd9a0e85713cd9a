using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Commands;

/// <summary>Keys in encrypted files: drawn, listed, shown and exported. A private key is never printed.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "Keys: each in an encrypted file of its own, for its owner alone.") { New(), List(), Show(), Export() };

    private static Command New()
    {
        var name = Name("What to call it.");
        var command = new Command("new", "Draws a new P-256 key and keeps it under a name, encrypted with a password.") { name }.WithKeyFolder().WithPassword();
        Terminal.Runs(command, (terminal, parse) =>
        {
            var folder = parse.KeyFolder();
            using var key = folder.Create(parse.GetRequiredValue(name), parse.Password(isNew: true));
            Print(terminal, folder.Show(parse.GetRequiredValue(name)));
            return Exit.Ok;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the keys of the folder.").WithKeyFolder();
        Terminal.Runs(command, (terminal, parse) =>
        {
            var keys = parse.KeyFolder().List();
            terminal.Show(["name", "key id"], keys.Select(key => new[] { key.Name, key.Id.ToString() }));
            terminal.Result(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)ToJson(key))]) });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        var name = Name("Which key.");
        var command = new Command("show", "Shows a key's public half, its id, and the party whose first key it would be.") { name }.WithKeyFolder();
        Terminal.Runs(command, (terminal, parse) =>
        {
            Print(terminal, parse.KeyFolder().Show(parse.GetRequiredValue(name)));
            return Exit.Ok;
        });
        return command;
    }

    private static Command Export()
    {
        var name = Name("Which key.");
        var output = new Option<FileInfo>("--out") { Description = "The file to write; it must not be there yet.", HelpName = "FILE", Required = true };
        var secret = new Option<bool>("--private") { Description = "Copies the encrypted private key too; the copy is as safe as its password." };
        var command = new Command("export", "Writes a key's public half (PEM) to a file, or a copy of the whole encrypted key file.") { name, output, secret }.WithKeyFolder();
        Terminal.Runs(command, (terminal, parse) =>
        {
            var folder = parse.KeyFolder();
            var key = folder.Show(parse.GetRequiredValue(name));
            var file = parse.GetRequiredValue(output);
            var pem = parse.GetValue(secret) ? folder.Encrypted(key.Name) : KeyFolder.PublicPem(key.Public) + "\n";
            Files.WriteNew(file.FullName, System.Text.Encoding.UTF8.GetBytes(pem), ownerOnly: parse.GetValue(secret));
            terminal.Plain($"Written to {file}.");
            terminal.Result(new JsonObject { ["name"] = key.Name, ["keyId"] = key.Id.ToString(), ["private"] = parse.GetValue(secret), ["file"] = file.ToString() });
            return Exit.Ok;
        });
        return command;
    }

    private static Argument<string> Name(string words) => new("name") { Description = words + " 1 to 64 letters, digits, '-' and '_'." };

    private static void Print(Terminal terminal, KeyEntry key)
    {
        terminal.Show(("name", key.Name), ("key id", key.Id.ToString()), ("party", key.Party + " (where it is the party's first key)"), ("public key", key.Public.ToString()));
        terminal.Result(ToJson(key));
    }

    private static JsonObject ToJson(KeyEntry key) =>
        new() { ["name"] = key.Name, ["keyId"] = key.Id.ToString(), ["party"] = key.Party.ToString(), ["publicKey"] = key.Public.ToString() };
}
