using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Cli.Commands;

/// <summary>Who the validators are, and what they vote on: each a transaction of an organisation's own key, awaited until it is final.</summary>
internal static class ValidatorCommand
{
    private const int DaysOpen = 7;

    public static Command Create() => new("validator", "Who the validators are, and what they vote on.") { List(), Prove(), Propose(), Vote(), Withdraw(), Rekey(), ValidatorGrant.Create(), ValidatorInvite.Invite(), ValidatorInvite.Join() };

    private static Command List()
    {
        var command = Session.Adds(new Command("list", "Shows the validators; and what is open to votes, with the key of one of them."), keyNeeded: false);
        Session.Runs(command, async (terminal, _, session, cancel) =>
        {
            var now = await session.Client.ValidatorsAsync(cancel);
            var proposals = session.KeyOf is null ? null : await session.Client.ProposalsAsync(cancel);
            terminal.Show(["validator", "party", "node's key"], now["validators"]!.AsArray().Select(one => new[] { (string?)one!["name"], (string?)one["party"], (string?)one["id"] }));
            terminal.Plain($"{now["quorum"]} of them certify and carry a vote; they are so since block {now["since"]}.");
            if (proposals is not null)
                terminal.Show(["proposal", "until", "yes", "no", "change"], proposals.Select(one => new[]
                {
                    one!["proposal"]!.ToString(), (string?)one["until"], one["yes"]!.AsArray().Count.ToString(), one["no"]!.AsArray().Count.ToString(), one["change"]!.ToJsonString(),
                }));
            now["proposals"] = proposals?.DeepClone();
            terminal.Result(now);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Prove()
    {
        var (node, party) = (NodeKey("The new validator's node key, a file that stays where it is."), Party("--party", "The organisation that is to be the validator, or the name of its first key."));
        party.Required = true;
        var command = Session.Adds(new Command("prove", "Signs with a node's key that it is an organisation's: what 'propose --add' needs. To be run by who holds the key.") { node, party }, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            using var key = Opened(parse, node);
            var (whose, ledger) = (Common.PartyOf(session.Folder, parse.GetValue(party)!), (await session.Client.GenesisAsync(cancel)).LedgerId);
            var proof = KeyProof.Sign(key, ledger, whose);
            terminal.Show(("party", whose.ToString()), ("node-key", key.Public.ToString()), ("proof", Hex(proof)));
            terminal.Result(new JsonObject { ["ledger"] = ledger.ToString(), ["party"] = whose.ToString(), ["nodeKey"] = key.Public.ToString(), ["proof"] = Hex(proof) });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Propose()
    {
        var add = new Option<string?>("--add") { Description = "One more validator, by its name; with --party, --node-key and --proof.", HelpName = "NAME" };
        var party = Party("--party", "The organisation that is added, or the name of its first key.");
        var key = new Option<string?>("--node-key") { Description = "Its node's public key, 128 hexadecimal digits.", HelpName = "KEY" };
        var proof = new Option<string?>("--proof") { Description = "What 'keten validator prove' gave, 128 hexadecimal digits.", HelpName = "HEX" };
        var remove = Party("--remove", "This organisation is no validator any more.");
        var (mute, unmute) = (Party("--mute", "This validator's entries are skipped until it is heard again."), Party("--unmute", "Its entries count again."));
        var suspend = new Option<string?>("--suspend") { Description = "Of this contract's version only exit clauses run.", HelpName = "CODE.VERSION" };
        var resume = new Option<string?>("--resume") { Description = "It runs again.", HelpName = "CODE.VERSION" };
        var activate = new Option<string?>("--activate") { Description = "A catalogue, by its hash, comes into force; with --height.", HelpName = "HASH" };
        var height = new Option<ulong>("--height") { Description = "The first block that is decided by it, at least 100 ahead.", HelpName = "NUMBER" };
        var limits = new Option<FileInfo?>("--limits") { Description = "The ledger's limits, as a JSON file with the fields that genesis.json has under «parameters».", HelpName = "FILE" };
        var until = new Option<string?>("--until") { Description = $"When it lapses, RFC 3339; by default in {DaysOpen} days, at most in 90.", HelpName = "TIME" };
        return PartyCommand.One("propose", "Proposes one change to the other validators, and says yes to it.", [add, party, key, proof, remove, mute, unmute, suspend, resume, activate, height, limits, until], _ => [],
            (transaction, by, session, parse, _) =>
            {
                var change = new KernelCalls.Change(
                    parse.GetValue(add) is { } name ? new KernelCalls.NewValidator(name, PartyOf(party) ?? throw Needs("--party"), KeyOf(key), ProofOf(proof)) : null, PartyOf(remove), LimitsOf(limits),
                    parse.GetValue(activate) is { } hash ? new Activation(Hash.TryParse(hash, out var catalogue) ? catalogue : throw Needs("--activate HASH"), parse.GetValue(height)) : null,
                    VersionOf(suspend), VersionOf(resume), PartyOf(mute), PartyOf(unmute));
                return Task.FromResult(transaction.Do(new KernelCalls.Propose(by, change, UntilOf(until))));

                Party? PartyOf(Option<string?> option) => parse.GetValue(option) is { } text ? Common.PartyOf(session.Folder, text) : null;
                PublicKey KeyOf(Option<string?> option) => PublicKey.TryParse(parse.GetValue(option), out var read) ? read : throw Needs("--node-key KEY");
                Signature ProofOf(Option<string?> option) => SignatureOf(parse.GetValue(option)) ?? throw Needs("--proof HEX");
                ContractVersion? VersionOf(Option<string?> option) => parse.GetValue(option) is not { } text ? null
                    : text.Split('.') is [var code, var version] && ushort.TryParse(code, out var number) && ushort.TryParse(version, out var which) ? new ContractVersion(number, which)
                    : throw ExitException.Usage($"A contract's version is written CODE.VERSION, not '{text}'.");
                Parameters? LimitsOf(Option<FileInfo?> option) => parse.GetValue(option) is not { } file ? null
                    : Read(File.ReadAllBytes(file.FullName));
                Instant UntilOf(Option<string?> option) => parse.GetValue(option) is not { } text ? new Instant(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).PlusDays(DaysOpen)
                    : MomentText.TryParse(text, out var moment) ? moment : throw ExitException.Usage($"'{text}' is not a moment like 2026-03-02T18:00:00Z.");
            });

        static ExitException Needs(string what) => ExitException.Usage($"The proposal lacks {what}. See --help.");
    }

    private static Command Vote()
    {
        var number = new Argument<ulong>("proposal") { Description = "Its number, as 'keten validator list' shows it." };
        var no = new Option<bool>("--no") { Description = "Against it; otherwise for it." };
        var command = PartyCommand.One("vote", "Votes on a proposal, once.", [no], _ => [],
            (transaction, by, _, parse, _) => Task.FromResult(transaction.Do(new KernelCalls.Vote(by, parse.GetValue(number), !parse.GetValue(no)))));
        command.Add(number);
        return command;
    }

    private static Command Withdraw()
    {
        var number = new Argument<ulong>("proposal") { Description = "Its number, as 'keten validator list' shows it." };
        var command = PartyCommand.One("withdraw", "Takes back a proposal of one's own.", [], _ => [],
            (transaction, _, _, parse, _) => Task.FromResult(transaction.Do(new KernelCalls.Withdraw(parse.GetValue(number)))));
        command.Add(number);
        return command;
    }

    private static Command Rekey()
    {
        var node = NodeKey("The node's new key, a file that stays where it is.");
        return PartyCommand.One("rekey", "Replaces the node's key of one's own validator; then start the node with the new key, and destroy the old.", [node], _ => [],
            async (transaction, by, session, parse, cancel) =>
            {
                using var key = Opened(parse, node);
                return transaction.Do(new KernelCalls.Rekey(by, key.Public, KeyProof.Sign(key, (await session.Client.GenesisAsync(cancel)).LedgerId, by)));
            });
    }

    // The form of a whole change knows that of the limits.
    private static Parameters? Read(byte[] json)
    {
        try
        {
            var form = (Codec<KernelCalls.Change>)KernelContents.Of<KernelCalls.Propose>().Codec.Fields[1].Of!;
            using var change = JsonDocument.Parse(new JsonObject { ["limits"] = JsonNode.Parse(json) }.ToJsonString());
            return form.FromBytes(CodecJson.Write(form, change.RootElement)).Limits;
        }
        catch (JsonException fault)
        {
            throw new FormatException("The limits are not JSON: " + fault.Message, fault);
        }
    }

    private static Option<string?> Party(string name, string words) => new(name) { Description = words, HelpName = "PARTY" };

    private static Option<FileInfo> NodeKey(string words) => new("--validator-key") { Description = words + " Of an encrypted one KETEN_PASSWORD is the password.", HelpName = "FILE", Required = true };

    private static SigningKey Opened(ParseResult parse, Option<FileInfo> option)
    {
        var pem = File.ReadAllText(parse.GetRequiredValue(option).FullName);
        return pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? SigningKey.FromPem(pem, Environment.GetEnvironmentVariable("KETEN_PASSWORD")) : SigningKey.FromPem(pem);
    }

    private static string Hex(Signature signature) => signature.R.ToString() + signature.S;

    private static Signature? SignatureOf(string? text)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        return text?.Length == 2 * Signature.Size && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? new Signature(bytes) : null;
    }
}
