using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keten.Doors;

/// <summary>What the doors are run with (docs/doors.md). A name that is not known here is refused: a setting that is spelled wrongly must not be taken for its default.</summary>
public sealed record DoorsConfiguration
{
    /// <summary>The node's address.</summary>
    public required Uri Node { get; init; }

    /// <summary>The ledger's genesis; without it the node's word is taken, and remembered in the data folder.</summary>
    public string? Genesis { get; init; }

    /// <summary>The agreement in which the devices are enrolled.</summary>
    public required ulong Register { get; init; }

    /// <summary>The operator's key, by its name in the folder of keys.</summary>
    public required string Key { get; init; }

    /// <summary>Which of the key's lanes the doors use: no other program should.</summary>
    public byte Lane { get; init; } = 1;

    /// <summary>Where the outbox and what is kept apart are.</summary>
    public required string Data { get; init; }

    /// <summary>Where charge points and senders of events call.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:5090";

    /// <summary>The charge points that may connect.</summary>
    public IReadOnlyList<ChargePoint> ChargePoints { get; init; } = [];

    /// <summary>Whose card charges under which agreement.</summary>
    public IReadOnlyList<Card> Cards { get; init; } = [];

    /// <summary>Whether CloudEvents are taken at /events.</summary>
    public bool Events { get; init; } = true;

    /// <summary>The broker whose queue is read, where there is one.</summary>
    public Broker? Broker { get; init; }

    /// <summary>The sensor log that says how many watts of sun there are beyond the site's own use, where there is one.</summary>
    public ulong? Surplus { get; init; }

    /// <summary>Sizes, counts and times.</summary>
    public DoorLimits Limits { get; init; } = new();

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    /// <summary>Reads a configuration file. Paths in it are taken from its own folder.</summary>
    /// <exception cref="DoorsException">It is none; the message says where.</exception>
    public static DoorsConfiguration Load(string path)
    {
        try
        {
            var read = JsonSerializer.Deserialize<DoorsConfiguration>(File.ReadAllText(path), Strict) ?? throw new DoorsException($"{path} says nothing.");
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return (read with { Data = Path.Combine(folder, read.Data), Genesis = read.Genesis is { } genesis ? Path.Combine(folder, genesis) : null }).Checked();
        }
        catch (JsonException fault)
        {
            throw new DoorsException($"{path} is no configuration of doors: {fault.Message}", fault);
        }
    }

    /// <summary>The same, if its parts fit together.</summary>
    /// <exception cref="DoorsException">They do not.</exception>
    public DoorsConfiguration Checked()
    {
        if (Lane >= Kernel.SignerSlot.Lanes) throw new DoorsException("«lane» is one of a key's 16 lanes, from 0 to 15.");
        if (ChargePoints.Count > Limits.ChargePoints || Cards.Count > Limits.Cards) throw new DoorsException("There are more charge points or cards than «limits» says.");
        if (ChargePoints.Select(point => point.Id).Distinct(StringComparer.Ordinal).Count() != ChargePoints.Count) throw new DoorsException("Two charge points have one identity.");
        if (Cards.Select(card => card.Token).Distinct(StringComparer.OrdinalIgnoreCase).Count() != Cards.Count) throw new DoorsException("Two cards have one token.");
        foreach (var point in ChargePoints)
        {
            if (point.Id.Length is 0 or > 48 || point.Id.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !"*-_=:+|@.".Contains(letter, StringComparison.Ordinal)))
                throw new DoorsException("A charge point's identity has 1 to 48 letters, digits and *-_=:+|@. (OCPP 2.0.1, identifierString).");
            if (!Kernel.Hash.TryParse(point.PasswordSha256, out _)) throw new DoorsException($"«passwordSha256» of {point.Id} is 64 hexadecimal digits: keten doors password.");
        }
        return this;
    }
}

/// <summary>A charge point that may connect.</summary>
/// <param name="Id">Its identity: the end of the path that it calls, and its user name.</param>
/// <param name="PasswordSha256">SHA-256 of its password, in hexadecimal.</param>
/// <param name="Key">Its key on the ledger, by its name in the folder of keys.</param>
/// <param name="MeterKey">Its meter's public key in hexadecimal or base64, where it does not send it.</param>
/// <param name="Watts">The most that it gives.</param>
public sealed record ChargePoint(string Id, string PasswordSha256, string Key, string? MeterKey = null, long Watts = 11_000);

/// <summary>A card, an app's token, a contract's id.</summary>
/// <param name="Token">As the charge point reads it; case does not matter.</param>
/// <param name="Agreement">The agreement of metered use under which it charges.</param>
/// <param name="Blocked">Whether it is lost.</param>
public sealed record Card(string Token, ulong Agreement, bool Blocked = false);

/// <summary>A broker that speaks AMQP 0-9-1; devices may speak MQTT to it.</summary>
/// <param name="Uri">amqp://user:password@host:port/vhost, or amqps.</param>
/// <param name="Queue">The queue that is read; it is made where it is missing.</param>
/// <param name="Exchange">What it is bound to: amq.topic is where RabbitMQ puts what comes by MQTT.</param>
/// <param name="Topics">Which topics, in AMQP's words: an MQTT topic's slashes are dots.</param>
public sealed record Broker(Uri Uri, string Queue = "keten.doors", string Exchange = "amq.topic", IReadOnlyList<string>? Topics = null);

/// <summary>Sizes, counts and times; each with its default.</summary>
public sealed record DoorLimits
{
    /// <summary>The longest message of a charge point, event or batch of events, and reading, in bytes.</summary>
    public int Message { get; init; } = 65_536;

    /// <summary>How many charge points.</summary>
    public int ChargePoints { get; init; } = 10_000;

    /// <summary>How many cards.</summary>
    public int Cards { get; init; } = 100_000;

    /// <summary>How many transactions wait for the node at most; beyond it nothing more is taken.</summary>
    public int Waiting { get; init; } = 100_000;

    /// <summary>How many messages are kept apart; the oldest go first.</summary>
    public int Apart { get; init; } = 10_000;

    /// <summary>What is older than so many days, by its own clock, is late.</summary>
    public int DaysLate { get; init; } = 30;

    /// <summary>What was done is remembered for so many days, so that nothing is done twice; longer than anything may be late.</summary>
    public int DaysKept { get; init; } = 60;

    /// <summary>How many events one transaction of a charge point has.</summary>
    public int Events { get; init; } = 4_096;

    /// <summary>How often a charge point says that it is there, in seconds.</summary>
    public int Heartbeat { get; init; } = 300;

    /// <summary>How long a charge point has to answer, in seconds.</summary>
    public int Answer { get; init; } = 30;
}

/// <summary>The doors cannot be run so; the message says why.</summary>
public sealed class DoorsException : Exception
{
    public DoorsException(string message) : base(message)
    {
    }

    public DoorsException(string message, Exception inner) : base(message, inner)
    {
    }
}
