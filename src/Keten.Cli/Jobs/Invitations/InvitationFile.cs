using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Jobs.Invitations;

/// <summary>An invitation as a file that people can read (docs/formats.md).</summary>
internal static class InvitationFile
{
    public const int BytesAtMost = 2 << 20;

    private static readonly string[] Names = ["invitation", "ledger", "until", "peers", "order", "genesis", "by", "signature"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2 };

    public static byte[] Write(Invitation invitation, in Signature signature) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["invitation"] = 0, ["ledger"] = invitation.Genesis.LedgerId.ToString(), ["until"] = MomentText.Write(invitation.Until), ["peers"] = Texts(invitation.Peers),
        ["order"] = new JsonObject
        {
            ["engine"] = invitation.Order.Engine, ["endpoints"] = Texts(invitation.Order.Endpoints), ["prefix"] = invitation.Order.Prefix, ["connection"] = invitation.Order.Connection,
            ["schema"] = invitation.Order.Schema,
        },
        ["genesis"] = JsonNode.Parse(GenesisFile.Write(invitation.Genesis)), ["by"] = invitation.By.ToString(), ["signature"] = signature.R.ToString() + signature.S,
    }.ToJsonString(Indented) + "\n");

    /// <summary>Reads a file and checks its signature; whether a validator's key signed it only the ledger shows.</summary>
    /// <exception cref="FormatException">It is none, or a word of it was changed.</exception>
    public static Invitation Read(byte[] bytes)
    {
        try
        {
            var json = JsonNode.Parse(bytes)!.AsObject();
            if (json.FirstOrDefault(member => !Names.Contains(member.Key)).Key is { } strange) throw new FormatException($"It is no invitation: it says «{strange}», for which there is no place.");
            if ((int?)json["invitation"] != 0) throw new FormatException("It is no invitation, or one of a later program.");
            var invitation = Of(json);
            if ((string?)json["ledger"] != invitation.Genesis.LedgerId.ToString()) throw new FormatException("The invitation is to another ledger than its genesis begins.");
            if (!invitation.IsSigned(SignatureOf((string?)json["signature"]))) throw new FormatException("The invitation was changed after it was signed, or the key that it names has not signed it.");
            return invitation;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or OverflowException)
        {
            throw new FormatException("It is no invitation: " + fault.Message, fault);
        }
    }

    private static Invitation Of(JsonObject json)
    {
        var order = json["order"]!.AsObject();
        if (order.Count > 5) throw new FormatException("It is no invitation: its order says more than there is place for.");
        return new Invitation(
            GenesisFile.Read(Encoding.UTF8.GetBytes(json["genesis"]!.ToJsonString())),
            PublicKey.TryParse((string?)json["by"], out var by) ? by : throw new FormatException("The invitation does not say whose it is."),
            MomentText.TryParse((string?)json["until"], out var until) ? until : throw new FormatException("The invitation does not say until when it holds."),
            Addresses(json["peers"]),
            new InvitedOrder(
                (string?)order["engine"] is "etcd" or "postgres" ? (string)order["engine"]! : throw new FormatException("The invitation's ordering service is etcd or postgres."),
                Addresses(order["endpoints"]), Text(order["prefix"]), Text(order["connection"]), Text(order["schema"])));
    }

    private static string[] Addresses(JsonNode? node)
    {
        var texts = node!.AsArray();
        if (texts.Count > Invitation.AddressesAtMost) throw new FormatException($"An invitation names at most {Invitation.AddressesAtMost} addresses.");
        return [.. texts.Select(text => Address(Text(text)!))];
    }

    /// <summary>An address without a user or a password.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { UserInfo: "", Query: "", Fragment: "" } ? text
        : throw new FormatException($"«{text}» is no address like https://node.example, without a user in it.");

    private static string? Text(JsonNode? node) =>
        (string?)node is not { } text ? null : text.Length is > 0 and <= Invitation.TextAtMost ? text : throw new FormatException($"A text in an invitation has 1 to {Invitation.TextAtMost} characters.");

    private static Signature SignatureOf(string? text)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        return text?.Length == 2 * Signature.Size && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done ? new Signature(bytes)
            : throw new FormatException("The invitation is not signed.");
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
