using System.Text.Json;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Where the evidence of a settled session is: ids of transactions and commitments of documents, in hexadecimal.</summary>
/// <param name="Charge">The transaction that charged it.</param>
/// <param name="Ocmf">The kept meter record.</param>
/// <param name="Cdr">The kept charge record.</param>
/// <param name="Meter">The transaction that enrolled the meter.</param>
/// <param name="Agreement">The transaction that opened the agreement.</param>
public sealed record SessionPlaces(string Charge, string Ocmf, string Cdr, string Meter, string Agreement);

/// <summary>What a settlement leaves in its data folder, so that each session's evidence is found again.</summary>
/// <param name="Owner">Whose documents they are.</param>
/// <param name="Tariff">The transaction that published the tariff.</param>
/// <param name="Sessions">By the session's id.</param>
public sealed record SessionIndex(string Owner, string Tariff, IReadOnlyDictionary<string, SessionPlaces> Sessions)
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "sessions.json";

    /// <summary>Of charged sessions.</summary>
    public static SessionIndex Of(ChargingNetwork network, IEnumerable<ChargedSession> charged) => new(
        network.Operator.Party.ToString(), network.Published.ToString(), charged.Where(each => each.Answer.Done).ToDictionary(each => each.Session.Id, each => new SessionPlaces(
            each.Answer.Id.ToString(), each.Record.Commitment.ToString(), each.Cdr.Commitment.ToString(), network.Meters[each.Session.Meter].Enrolled.ToString(),
            network.Drivers[each.Session.Driver].Opened.ToString()), StringComparer.Ordinal));

    /// <summary>Writes it.</summary>
    public void Save(string dataFolder) => PrivateFiles.Write(Path.Combine(dataFolder, FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    /// <exception cref="IOException">There is none.</exception>
    public static SessionIndex Load(string dataFolder)
    {
        using var stream = File.OpenRead(Path.Combine(dataFolder, FileName));
        try
        {
            return JsonSerializer.Deserialize<SessionIndex>(stream) ?? throw new FormatException("The index of sessions is empty.");
        }
        catch (JsonException fault)
        {
            throw new FormatException("The index of sessions cannot be read.", fault);
        }
    }

    /// <summary>A transaction or commitment of the index.</summary>
    /// <exception cref="FormatException">It is no hash.</exception>
    public static Hash HashOf(string hex) => Hash.TryParse(hex, out var hash) ? hash : throw new FormatException("The index of sessions holds something that is no hash.");
}
