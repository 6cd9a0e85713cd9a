using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs.Invitations;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Hosting;

namespace Keten.Cli.Commands;

/// <summary>How a newcomer comes to be a validator between two machines: a member writes an invitation, the newcomer settles by it, and the members vote.</summary>
internal static class ValidatorInvite
{
    private const int DaysOpen = 14;
    private const string UsualFile = "keten.json";

    public static Command Invite()
    {
        var config = new Option<FileInfo?>("--config") { Description = $"The settings of this validator's node, which may be running; by default {UsualFile} here.", HelpName = "FILE" };
        var peers = new Option<string[]>("--peer") { Description = "Where a newcomer reaches this node, or another, beside the settings' «order.peers». Once for each.", HelpName = "URL", DefaultValueFactory = _ => [] };
        var days = new Option<int>("--days") { Description = "For how many days it holds, 1 to 90.", DefaultValueFactory = _ => DaysOpen };
        var output = new Option<FileInfo>("--out") { Description = "Where to write it; by default invitation.json.", HelpName = "FILE", DefaultValueFactory = _ => new FileInfo("invitation.json") };
        var command = new Command("invite", "Writes an invitation for a newcomer, signed with this validator's node key: the genesis, nodes to catch up from, and the ordering service. Nothing in it is secret.") { config, peers, days, output };
        Terminal.Runs(command, (terminal, parse) =>
        {
            if (parse.GetValue(days) is < 1 or > 90) throw ExitException.Usage("An invitation holds for 1 to 90 days.");
            var configuration = Settings(parse.GetValue(config)?.FullName ?? UsualFile);
            using var key = Inviting.KeyOf(configuration);
            var invitation = Inviting.Of(configuration, key.Public, parse.GetValue(peers)!, new Instant(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).PlusDays(parse.GetValue(days)));
            var file = parse.GetRequiredValue(output);
            Files.WriteNew(file.FullName, InvitationFile.Write(invitation, invitation.Sign(key)));
            terminal.Show(("ledger", invitation.Genesis.LedgerId.ToString()), ("holds until", MomentText.Write(invitation.Until)), ("peers", string.Join(", ", invitation.Peers)), ("written to", file.ToString()));
            terminal.Plain("Tell the newcomer the ledger's id by another way than the file.");
            terminal.Result(new JsonObject { ["file"] = file.FullName, ["ledger"] = invitation.Genesis.LedgerId.ToString(), ["by"] = key.Id.ToString(), ["until"] = MomentText.Write(invitation.Until) });
            return Exit.Ok;
        });
        return command;
    }

    public static Command Join()
    {
        var file = new Argument<FileInfo>("invitation") { Description = "What 'keten validator invite' wrote." };
        var name = new Option<string>("--name") { Description = "What the validator is to be called.", HelpName = "NAME", Required = true };
        var party = new Option<string>("--party") { Description = "The organisation that is to be the validator, or the name of its first key.", HelpName = "PARTY", Required = true };
        var folder = new Option<DirectoryInfo>("--to") { Description = "The folder of the new node, which is made.", HelpName = "DIR", Required = true };
        var ledger = new Option<string?>("--ledger") { Description = "The ledger's id, as one has learnt it otherwise; an invitation to another is refused.", HelpName = "ID" };
        var listen = new Option<string?>("--listen") { Description = "Where the node is to listen; by default http://127.0.0.1:5080.", HelpName = "URL" };
        var peerKey = new Option<FileInfo?>("--peer-key") { Description = "A private key in PEM of a party that the members admit («order.observers»): how the node asks them, where the ledger is not open to read.", HelpName = "FILE" };
        var user = new Option<string?>("--order-user") { Description = "The validator's user at the ordering service, once it has one.", HelpName = "NAME" };
        var word = new Option<FileInfo?>("--order-password-file") { Description = "The file in which that user's password will be.", HelpName = "FILE" };
        var password = new Option<FileInfo?>("--node-password-file") { Description = "A file whose first line encrypts the node's key; also KETEN_PASSWORD. Without either the key is in the clear, for its owner alone.", HelpName = "FILE" };
        var command = new Command("join", "Settles as a newcomer by an invitation: checks it against the nodes that it names, draws the node's key, writes its settings, and says how the members vote it in.")
            { file, name, party, folder, ledger, listen, peerKey, user, word, password }.WithKeyFolder();
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var invitation = InvitationFile.Read(Files.Read(parse.GetRequiredValue(file), InvitationFile.BytesAtMost));
            var (id, now, whose) = (invitation.Genesis.LedgerId, TimeProvider.System.GetUtcNow(), Common.PartyOf(parse.KeyFolder(), parse.GetRequiredValue(party)));
            if (parse.GetValue(ledger) is { } wanted && wanted != id.ToString()) throw new ExitException(Exit.Failed, $"The invitation is to the ledger {id}, not to {wanted}.");
            if (invitation.Until.Seconds <= now.ToUnixTimeSeconds()) throw new ExitException(Exit.Failed, $"The invitation has lapsed at {MomentText.Write(invitation.Until)}. Ask for another.");
            var asked = await Hosts.AskAsync(invitation, cancel);
            foreach (var (peer, _) in asked.Where(one => one.Height is null)) terminal.Warn($"The node at {peer} cannot be reached from here; the others will do.");
            var newcomer = new Newcomer(parse.GetRequiredValue(folder), parse.GetValue(listen), parse.GetValue(peerKey), parse.GetValue(user), parse.GetValue(word), PasswordOf(parse.GetValue(password)));
            using var key = newcomer.Settle(invitation);
            var proof = Hex(KeyProof.Sign(key, id, whose));
            var vote = $"keten validator propose --add {Quoted(parse.GetRequiredValue(name))} --party {whose} --node-key {key.Public} --proof {proof} --key YOURS";
            Tell(terminal, invitation, newcomer, key.Id, vote);
            terminal.Result(new JsonObject
            {
                ["ledger"] = id.ToString(), ["party"] = whose.ToString(), ["validator"] = key.Id.ToString(), ["nodeKey"] = key.Public.ToString(), ["proof"] = proof,
                ["config"] = Path.Combine(newcomer.Folder.FullName, Newcomer.Observing), ["validatorConfig"] = Path.Combine(newcomer.Folder.FullName, Newcomer.Signing), ["propose"] = vote,
                ["peers"] = new JsonArray([.. asked.Select(one => (JsonNode)new JsonObject { ["peer"] = one.Peer, ["height"] = one.Height })]),
            });
            return Exit.Ok;
        });
        return command;
    }

    private static void Tell(Terminal terminal, Invitation invitation, Newcomer newcomer, KeyId key, string vote)
    {
        terminal.Plain($"The ledger is {invitation.Genesis.LedgerId}: compare that with what another member says.");
        terminal.Plain($"Follow it:   keten node --config {Path.Combine(newcomer.Folder.ToString(), Newcomer.Observing)}");
        if (!invitation.Genesis.OpenToRead && newcomer.PeerKey is null) terminal.Plain("It is not open to read: until it is voted in, the members give it no blocks, unless they admit a key of its party (--peer-key).");
        terminal.Plain("A member proposes it, and the others vote (keten validator list, keten validator vote):");
        terminal.Plain(vote);
        terminal.Plain($"The operator of the ordering service gives it a user: keten validator grant {key} --user NAME …");
        terminal.Plain($"Then sign:   keten node --config {Path.Combine(newcomer.Folder.ToString(), Newcomer.Signing)}");
    }

    private static NodeConfiguration Settings(string file)
    {
        try
        {
            return ConfigurationFile.Load(file);
        }
        catch (ConfigurationException fault)
        {
            throw ExitException.Usage(fault.Message);
        }
    }

    private static string? PasswordOf(FileInfo? file)
    {
        if (file is null) return Environment.GetEnvironmentVariable(NodeHost.PasswordVariable) is { Length: > 0 } word ? word : null;
        using var reader = file.OpenText();
        return reader.ReadLine() is { Length: > 0 } line ? line : throw ExitException.Usage($"{file} is empty.");
    }

    // A name may hold anything, and the line is pasted into a shell.
    private static string Quoted(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? name : "'" + name.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Hex(Signature signature) => signature.R.ToString() + signature.S;
}
