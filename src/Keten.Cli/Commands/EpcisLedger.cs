using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Epcis;
using Keten.Contracts.Parts;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>Events onto a record of parts, and out of it.</summary>
internal static class EpcisLedger
{
    // What is certainly below a transaction's limits, whatever the calls are.
    private const int CallsAtOnce = 500;

    public static Command In()
    {
        var files = new Argument<FileInfo[]>("files") { Description = "Documents in JSON-LD or XML.", Arity = ArgumentArity.OneOrMore };
        var record = Record();
        var partners = new Option<string[]>("--partner") { Description = "Which party a URI of a destination is; may be given again.", HelpName = "URI=PARTY", DefaultValueFactory = _ => [] };
        var consignments = new Option<string[]>("--consignment") { Description = "Which agreement was begun for a despatch advice; may be given again.", HelpName = "ADVICE=NUMBER", DefaultValueFactory = _ => [] };
        var dry = new Option<bool>("--dry-run") { Description = "Say what the events come to, and send nothing." };
        var command = Session.Adds(new Command("in", "Takes events onto a record of parts, an event a transaction. Events that come to nothing are listed with the reason. Exit code 1 where one was refused.")
        {
            files, record, partners, consignments, dry,
        }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var wallet = await session.WalletAsync(cancel);
            var by = await session.PartyAsync(wallet.Signer.Id, cancel);
            var parts = new Agreement<SerialParts>(parse.GetRequiredValue(record));
            var (parties, advices) = (Pairs(parse.GetRequiredValue(partners)), Pairs(parse.GetRequiredValue(consignments)));
            var intake = new EpcisIntake(by, parts, uri => parties.TryGetValue(uri, out var name) ? Common.PartyOf(session.Folder, name) : null,
                advice => advices.TryGetValue(advice, out var number) && ulong.TryParse(number, out var agreement) ? new Agreement<Consignment>(agreement) : null);
            var (told, taken, left, refused) = (new JsonArray(), 0, 0, 0);
            foreach (var file in parse.GetRequiredValue(files))
            {
                var read = EpcisCommand.Read(file);
                if (read.Value is null) throw new ExitException(Exit.Failed, $"{file.Name}: {string.Join("; ", read.Faults.Select(fault => $"{fault.Path} {fault.Reason}"))}");
                foreach (var each in read.Value.Events)
                {
                    var one = intake.Take(each);
                    var line = new JsonObject { ["file"] = file.Name, ["hashID"] = EventHash.Of(each), ["calls"] = one.Calls.Count, ["left"] = one.Left == EpcisLeft.None ? null : one.Left.ToString() };
                    told.Add(line);
                    if (one.Calls.Count == 0) left++;
                    else taken++;
                    terminal.Plain($"{each.Type} {each.Step} at {each.Time:u}: {(one.Calls.Count > 0 ? $"{one.Calls.Count} calls" : one.Left)}");
                    if (parse.GetValue(dry)) continue;
                    var answers = new JsonArray();
                    foreach (var page in one.Calls.Chunk(CallsAtOnce))
                    {
                        var transaction = await wallet.BeginAsync(cancel: cancel);
                        foreach (var call in page) Add(transaction, call, parts, one.Consignment);
                        var answer = await wallet.SendAsync(transaction, cancel: cancel);
                        if (!answer.IsGood) refused++;
                        terminal.Plain("  " + Reports.Sentence(answer));
                        answers.Add(Reports.ToJson(answer));
                    }
                    line["transactions"] = answers;
                }
            }
            terminal.Result(new JsonObject { ["taken"] = taken, ["left"] = left, ["refused"] = refused, ["events"] = told });
            return refused == 0 ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    public static Command Out()
    {
        var record = Record();
        var part = new Option<string>("--part") { Description = "Which part: its GS1 Digital Link, its EPC URI, or GTIN/SERIAL.", HelpName = "PART", Required = true };
        var target = new Option<FileInfo?>("--out") { Description = "Where the document is written; it must not be there yet. Without it, it is printed.", HelpName = "FILE" };
        var command = Session.Adds(new Command("out", "Writes a part's history as EPCIS 2.0 events in JSON-LD, after checking the node's evidence for it.") { record, part, target }, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var text = parse.GetRequiredValue(part);
            if ((EpcUri.Part(text) ?? EpcUri.Part(DigitalLink.Canonical + "01/" + text.Replace("/", "/21/", StringComparison.Ordinal))) is not { } id) throw ExitException.Usage($"'{text}' is no part.");
            try
            {
                var genesis = await session.Client.GenesisAsync(cancel);
                var history = await PartHistory.ReadAsync(session.Client, parse.GetRequiredValue(record), id, cancel);
                if (!history.Evidence.All(evidence => evidence.Verify(genesis))) throw new ExitException(Exit.Failed, "The node's evidence does not hold.");
                var now = new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
                var (events, document) = (history.ToEvents(), EpcisWriter.Document(history.ToEvents(), now));
                if (parse.GetValue(target) is { } file) Files.WriteNew(file.FullName, System.Text.Encoding.UTF8.GetBytes(document));
                else terminal.Plain(document);
                terminal.Result(new JsonObject
                {
                    ["part"] = DigitalLink.Of(id), ["events"] = events.Count, ["alarms"] = history.Part?.Alarms ?? 0, ["unexplained"] = history.Part?.Unexplained ?? 0,
                    ["papers"] = new JsonArray([.. history.Papers.Select(paper => (JsonNode)new JsonObject { ["kind"] = paper.Kind, ["document"] = paper.Document.ToString(), ["at"] = MomentText.Write(paper.At) })]),
                    ["document"] = parse.GetValue(target) is null ? JsonNode.Parse(document) : null,
                });
                return Exit.Ok;
            }
            catch (EvidenceMissingException missing)
            {
                throw new ExitException(Exit.Failed, missing.Message);
            }
        });
        return command;
    }

    private static Option<ulong> Record() => new("--record") { Description = "The agreement of the record of parts.", HelpName = "NUMBER", Required = true };

    private static void Add(TransactionBuilder transaction, object call, Agreement<SerialParts> parts, Agreement<Consignment>? consignment)
    {
        switch (call)
        {
            case SerialParts.Make made: transaction.Call(SerialParts.Contents, parts, made); break;
            case SerialParts.MakeListed made: transaction.Call(SerialParts.Contents, parts, made); break;
            case SerialParts.Assemble step: transaction.Call(SerialParts.Contents, parts, step); break;
            case SerialParts.Mount step: transaction.Call(SerialParts.Contents, parts, step); break;
            case SerialParts.Remove step: transaction.Call(SerialParts.Contents, parts, step); break;
            case SerialParts.Scrap step: transaction.Call(SerialParts.Contents, parts, step); break;
            case Consignment.Send sent: transaction.Open(Consignment.Contents, sent); break;
            case Consignment.Receive received when consignment is { } of: transaction.Call(Consignment.Contents, of, received); break;
            default: throw new InvalidOperationException($"{call.GetType().Name} is sent by another command.");
        }
    }

    private static Dictionary<string, string> Pairs(string[] texts)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.LastIndexOf('=');
            if (at <= 0 || at == text.Length - 1) throw ExitException.Usage($"'{text}' is not NAME=VALUE.");
            pairs[text[..at]] = text[(at + 1)..];
        }
        return pairs;
    }
}
