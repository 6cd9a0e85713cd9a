using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Client;

namespace Keten.Cli.Jobs.Doctor;

/// <summary>What the condition that a node states of itself shows.</summary>
internal sealed class NodeFindings(JsonObject node, Limits limits)
{
    private readonly ulong height = (ulong)node["height"]!, executed = (ulong)node["executed"]!;

    public IEnumerable<Finding> All() => ((IEnumerable<Finding?>)[Fault(), Order(), Quorum(), .. Absent(), Accepted(), Promised(), Key(), Muted(), Lacks(), Views(), Certificate(), Misbehaviour(), Time()]).OfType<Finding>();

    private Finding? Fault() => node["fault"] is not JsonObject fault ? null : (string)fault["kind"]! switch
    {
        "diverged" => new Finding("diverged", $"The node has diverged at block {fault["height"]} and signs nothing more.", Why(fault),
            "Keep the data folder as it is, for inspection. Compare the program's version with the others'; then start with the right program, or with an empty folder, to catch up from the others."),
        "catalogue" => new Finding("wrongCatalogue", $"The node has stopped before block {fault["height"]}: it lacks the ledger's contracts.", Why(fault), "Install a program that has them, and start the node again."),
        "order" => new Finding("orderLost", "The ordering service has lost or changed entries that this node has read.", Why(fault), "Restart the order with the other validators: keten epoch propose, sign, apply (docs/epochs.md)."),
        _ => new Finding("stopped", "The ledger has stopped on this node.", Why(fault), "Read the node's log for the reason, mend it, and start the node again. 'keten fsck' checks its files."),
    };

    private static string Why(JsonObject fault) => (string?)fault["why"] ?? "The node's log says why.";

    private Finding? Order() => (double?)node["orderSilentSeconds"] is { } silent && silent > limits.Patience.TotalSeconds + 2
        ? new Finding("orderUnreachable", $"The ordering service has not answered for {Seconds(silent)}.", "This node asks it twice a second.",
            "See whether etcd or PostgreSQL runs and has a majority, whether the network leads there («order.endpoints», «order.connection»), and whether user and password are right.")
        : null;

    private Finding? Quorum()
    {
        if (node["missing"] is not JsonObject missing || (double)missing["seconds"]! < limits.Patience.TotalSeconds) return null;
        // Who observes by its peers sees no statements, but certificates.
        if (node["key"] is null)
            return new Finding("noQuorum", $"Block {missing["height"]} is not certified since {Seconds((double)missing["seconds"]!)}.", "None of the nodes that are followed has a certificate of it.", "Ask the operators of a validator: keten doctor there says who is missing.");
        var (who, block, attest) = (Names(missing["validators"]!.AsArray()), (ulong)missing["height"]!, (bool)missing["attestations"]!);
        var heard = node["validators"]!.AsArray().Where(one => (ulong)one!["newest"]! >= block).Select(one => (string)one!["name"]!).ToHashSet(StringComparer.Ordinal);
        var forked = !attest && missing["validators"]!.AsArray().Any(one => heard.Contains((string)one!));
        return forked
            ? new Finding("noQuorum", $"Block {block} is not certified since {Seconds((double)missing["seconds"]!)}: {who} have read another order of entries.", "What they have stated in the register differs from what this node has read.",
                "The ordering service shows its users different orders. Restart the order: keten epoch propose, sign, apply (docs/epochs.md).")
            : new Finding("noQuorum", $"Block {block} is not certified since {Seconds((double)missing["seconds"]!)}: {who} {(attest ? "have not signed it" : "have not said what they read")}.",
                $"{missing["quorum"]} of {node["validators"]!.AsArray().Count} validators make a certificate.", $"Ask the operators of {who} to look at their nodes: keten doctor there says more.");
    }

    // Where a quorum is there all the same: who was not heard of the newest block.
    private IEnumerable<Finding> Absent()
    {
        if (node["key"] is null || node["orderSilentSeconds"] is null || height == 0 || (double)node["heightSeconds"]! < limits.Patience.TotalSeconds || Order() is not null) yield break;
        foreach (var one in node["validators"]!.AsArray())
            if ((ulong)one!["newest"]! < height && (string?)node["key"]?["id"] != (string?)one["id"])
                yield return new Finding("validatorAbsent", $"{one["name"]} has not signed block {height}.",
                    (ulong)one["newest"]! == 0 ? "This node has heard nothing of it since it was started." : $"The last block of which it stated anything is {one["newest"]}.",
                    $"The others go on while more than two thirds are there. Ask the operators of {one["name"]}.");
    }

    private Finding? Accepted() => (double)node["oldestAcceptedSeconds"]! is var oldest && oldest > limits.Patience.TotalSeconds
        ? new Finding("acceptedNotFinal", $"What this node has accepted has been on its way through the order for {Seconds(oldest)}.", "Its own entry was appended, and has not come back.",
            "If others' entries come through meanwhile, the ordering service shuts this validator out: keep the promises that clients have, and agree with the others to move the order (docs/epochs.md).")
        : null;

    private Finding? Promised() => (ulong)node["promised"]! > executed && (double)node["heightSeconds"]! >= limits.Patience.TotalSeconds
        ? Promised((ulong)node["promised"]!, executed) : null;

    public static Finding Promised(ulong promised, ulong executed) => new("promisesAhead",
        $"This validator has attested block {promised}, and its data ends with block {executed}.", "The file «promises» is ahead of the chain: the folder was set back, or has lost entries.",
        "Let the node catch up from the order or its peers. Do not delete «promises»: without it the validator could attest two headers of one height.");

    private Finding? Key() => node["key"] is JsonObject key && key["name"] is null
        ? new Finding("notAValidator", $"The node's key {key["id"]} is none of the ledger's validators.", "It follows and signs nothing, until it is voted in.",
            "If it was replaced, start the node with the new key; if it is new, have the validators vote: keten validator join, propose, vote (docs/governance.md).")
        : null;

    private Finding? Muted() => (bool?)node["key"]?["muted"] == true
        ? new Finding("muted", "The validators have muted this one: what it appends is skipped.", "They voted so.", "Ask them why; keten validator propose --unmute, when it is mended.")
        : null;

    private Finding? Lacks() => node["lacks"] is JsonObject lacks
        ? new Finding("catalogueToCome", $"From block {lacks["height"]} on the ledger is decided by contracts that this program does not have.", $"The validators have voted in the catalogue {lacks["catalogue"]}.",
            "Install a program that has it before that block; the node stops there otherwise.")
        : null;

    private Finding? Views()
    {
        if (node["views"] is not JsonObject views) return null;
        var (at, failing) = ((ulong)views["height"]!, (bool)views["failing"]!);
        return failing || at + Limits.ViewsBehind < height
            ? new Finding("viewsBehind", $"The views show block {at} and the ledger is at block {height}.", failing ? "They cannot be written: the node's log says why." : "They follow, and are slow.",
                failing ? "Mend what the log names. With the node stopped, 'keten rebuild-views' makes them anew." : "Wait, and look again; if they do not come nearer, the disk is too slow.")
            : null;
    }

    private Finding? Certificate() => node["certificate"] is JsonObject certificate && (bool)certificate["failing"]!
        ? new Finding("certificateNotTaken", "The new TLS certificate cannot be taken: the node shows the old one.", $"Its files have changed, and cannot be read or do not belong together. The old one holds until {certificate["until"]}.",
            "The node's log says what is wrong. Put «http.certificate» and «http.certificateKey» in place anew: the node takes them by itself.")
        : null;

    private Finding? Misbehaviour() => (int)node["misbehaviour"]! is > 0 and var count
        ? new Finding("misbehaviour", $"{count} kinds of misbehaviour of other validators have been seen.", "The node keeps signed evidence in the folder «misbehaviour».",
            "keten evidence check FILE --genesis genesis.json says what and who; the validators can vote to mute or remove it (docs/governance.md).")
        : null;

    private Finding? Time()
    {
        if (!MomentText.TryParse((string?)node["ledgerTime"] ?? "", out var ledger)) return null;
        var ahead = TimeSpan.FromSeconds(ledger.Seconds) - TimeSpan.FromMilliseconds((long)node["clockMs"]!);
        return ahead > limits.ClockOff
            ? new Finding("clockOff", $"The node's clock is {Seconds(ahead.TotalSeconds)} behind the ledger's time.", "Ledger time is the median of what the validators' clocks say.", "Set the machine's clock by NTP.")
            : null;
    }

    private static string Names(JsonArray names) => names.Count == 0 ? "nobody" : string.Join(", ", names.Select(name => (string)name!).Order(StringComparer.Ordinal));

    internal static string Seconds(double seconds) =>
        seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} minutes");
}
