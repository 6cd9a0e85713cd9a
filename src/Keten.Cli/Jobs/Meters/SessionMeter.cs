using System.Security.Cryptography;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Connectors.Sessions;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A simulated meter with one P-256 key, under which it signs its OCMF records and, the same readings, its statements for the ledger.</summary>
public sealed class SessionMeter : IDisposable
{
    /// <summary>No session has more changes of price: a charge detail record carries 5,000 characters of signed data.</summary>
    public const int ChangesAtMost = 32;

    private const long MilliwattHours = 1_000;
    private readonly ECDsa key;
    private readonly MeterSimulator simulator;

    /// <summary>Puts a meter into service with a new key; its register shows nothing.</summary>
    public SessionMeter(string serial)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        simulator = new MeterSimulator(serial, key);
        Actor = new Actor(serial, SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem()));
    }

    /// <summary>The meter as a party.</summary>
    public Actor Actor { get; }

    /// <summary>The public key as a record's reader is told it.</summary>
    public OcmfPublicKey PublicKey => simulator.PublicKey;

    /// <summary>
    /// One record of a session of which begin, end and energy are known: a reading at the begin, at each change of price and at the end, energy spread evenly
    /// (<see cref="EvenSpread"/>).
    /// </summary>
    /// <param name="terms">The tariff.</param>
    /// <param name="session">The session.</param>
    /// <param name="record">The signed record.</param>
    /// <returns>Why there is none; <see cref="PricingOutcome.Priced"/> where there is one.</returns>
    public PricingOutcome TrySign(TariffTerms terms, StationSession session, out string record)
    {
        record = "";
        var outcome = TariffClock.Boundaries(terms, session.Begin, session.End, out var changes);
        if (outcome != PricingOutcome.Priced) return outcome;
        if (changes.Count > ChangesAtMost) return PricingOutcome.TooManySegments;
        var (open, energy, taken) = (simulator.Open(At(session.Begin)), terms.Energy.Of(session.WattHours), 0L);
        foreach (var change in changes)
        {
            var register = EvenSpread.At(session.Begin, session.End, terms.Energy.Of(0), energy, change).Minor;
            open.Take(OcmfTransaction.TariffChange, At(change), (register - taken) * MilliwattHours);
            taken = register;
        }
        record = open.End(At(session.End), (session.WattHours - taken) * MilliwattHours);
        return outcome;
    }

    /// <summary>One record of a vehicle that charges evenly from one moment to another and then stays connected.</summary>
    public string Sign(Instant begin, Instant charged, Instant end, long wattHours)
    {
        var open = simulator.Open(At(begin));
        if (charged < end) open.Take(OcmfTransaction.Suspended, At(charged), wattHours * MilliwattHours);
        return open.End(At(end), charged < end ? 0 : wattHours * MilliwattHours);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Actor.Key.Dispose();
        key.Dispose();
    }

    private static DateTimeOffset At(Instant moment) => DateTimeOffset.FromUnixTimeSeconds(moment.Seconds);
}
