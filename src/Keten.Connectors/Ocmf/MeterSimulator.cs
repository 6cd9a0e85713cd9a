using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keten.Connectors.Ocmf;

/// <summary>
/// A simulated meter that signs OCMF 1.0 records with its own key. Its register only goes up and its pagination counts by one. Readings are written in kWh with
/// six decimals, so that a milliwatt-hour is the smallest step. No user is named (IS false). Payloads depend on the calls alone; signatures hold a fresh random
/// part. Not for several threads at once.
/// </summary>
public sealed class MeterSimulator
{
    /// <summary>The register's OBIS code: active energy, import, total.</summary>
    public const string Register = "1-0:1.8.0";

    /// <summary>Where the register of a real meter ends, in milliwatt-hours: a million MWh.</summary>
    public const long MaxRegister = 1_000_000_000_000_000;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ECDsa key;
    private readonly OcmfAlgorithm algorithm;
    private readonly string head;
    private readonly OcmfClock clock;
    private DateTimeOffset last = DateTimeOffset.MinValue;
    private MeterSession? session;

    /// <summary>Puts a meter into service.</summary>
    /// <param name="serial">Its serial number (MS): 1 to 40 characters, none of them a bar, a quote, a backslash or a control character.</param>
    /// <param name="key">Its key, on a curve that OCMF names; P-256 in the standard's default. It stays the caller's.</param>
    /// <param name="milliwattHours">What the register shows.</param>
    /// <param name="pagination">The number of the next record.</param>
    /// <param name="clock">What its clock is worth.</param>
    /// <exception cref="ArgumentException">One of these is outside its limits.</exception>
    public MeterSimulator(string serial, ECDsa key, long milliwattHours = 0, long pagination = 1, OcmfClock clock = OcmfClock.Synchronised)
    {
        if (serial.Length is 0 or > 40 || serial.Any(character => character is '|' or '"' or '\\' || char.IsControl(character) || char.IsSurrogate(character)))
            throw new ArgumentException("A serial has 1 to 40 plain characters.", nameof(serial));
        if (milliwattHours is < 0 or > MaxRegister) throw new ArgumentOutOfRangeException(nameof(milliwattHours));
        if (pagination is < 0 or > long.MaxValue / 10) throw new ArgumentOutOfRangeException(nameof(pagination));
        this.key = key;
        this.clock = clock;
        algorithm = OcmfAlgorithm.Of(key) ?? throw new ArgumentException("OCMF names no algorithm for this key's curve.", nameof(key));
        Serial = serial;
        PublicKey = OcmfPublicKey.Of(key);
        MilliwattHours = milliwattHours;
        NextPagination = pagination;
        head = $$"""{"FV":"1.0","GI":"Keten meter simulator","GS":{{Quoted(serial)}},"GV":"0","PG":"T""";
    }

    /// <summary>Its serial number.</summary>
    public string Serial { get; }

    /// <summary>Its public key.</summary>
    public OcmfPublicKey PublicKey { get; }

    /// <summary>What the register shows now.</summary>
    public long MilliwattHours { get; private set; }

    /// <summary>The number of the next record.</summary>
    public long NextPagination { get; private set; }

    /// <summary>Whether a transaction is open.</summary>
    public bool IsCharging { get; private set; }

    /// <summary>Begins a transaction and signs the reading as a record of its own.</summary>
    /// <exception cref="InvalidOperationException">One is open already, or the time is before the last reading's.</exception>
    public string Begin(DateTimeOffset at) => Sign([Read(OcmfTransaction.Begin, at, 0)]);

    /// <summary>Signs a reading during charging.</summary>
    /// <param name="at">Now.</param>
    /// <param name="milliwattHours">The energy since the reading before.</param>
    /// <exception cref="InvalidOperationException">No transaction is open, or the time is before the last reading's.</exception>
    public string Intermediate(DateTimeOffset at, long milliwattHours) => Sign([Read(OcmfTransaction.Charging, at, milliwattHours)]);

    /// <summary>Signs a reading where the price changes.</summary>
    /// <param name="at">Now.</param>
    /// <param name="milliwattHours">The energy since the reading before.</param>
    /// <exception cref="InvalidOperationException">No transaction is open, or the time is before the last reading's.</exception>
    public string TariffChange(DateTimeOffset at, long milliwattHours) => Sign([Read(OcmfTransaction.TariffChange, at, milliwattHours)]);

    /// <summary>Ends the transaction and signs the reading.</summary>
    /// <param name="at">Now.</param>
    /// <param name="milliwattHours">The energy since the reading before.</param>
    /// <param name="end">How it ended: one of the ends of <see cref="OcmfTransactions.Ends"/>.</param>
    /// <exception cref="InvalidOperationException">No transaction is open, or the time is before the last reading's.</exception>
    public string End(DateTimeOffset at, long milliwattHours, OcmfTransaction end = OcmfTransaction.End) => Sign([Read(Ending(end), at, milliwattHours)]);

    /// <summary>Begins a transaction whose readings all go into one record, signed at its end.</summary>
    /// <exception cref="InvalidOperationException">One is open already, or the time is before the last reading's.</exception>
    public MeterSession Open(DateTimeOffset at) => session = new MeterSession(this, Read(OcmfTransaction.Begin, at, 0));

    internal static OcmfTransaction Ending(OcmfTransaction end) =>
        end.Ends() ? end : throw new ArgumentOutOfRangeException(nameof(end), end, "That is no end.");

    internal string Read(OcmfTransaction transaction, DateTimeOffset at, long milliwattHours, MeterSession? within = null)
    {
        if (IsCharging == (transaction == OcmfTransaction.Begin))
            throw new InvalidOperationException(IsCharging ? "A transaction is open." : "No transaction is open.");
        if (IsCharging && session != within) throw new InvalidOperationException("The open transaction takes its readings another way.");
        if (at < last) throw new InvalidOperationException("A reading is never before the last one.");
        ArgumentOutOfRangeException.ThrowIfNegative(milliwattHours);
        if (milliwattHours > MaxRegister - MilliwattHours) throw new ArgumentOutOfRangeException(nameof(milliwattHours), "The register is full.");
        MilliwattHours += milliwattHours;
        last = at;
        IsCharging = !transaction.Ends();
        if (!IsCharging) session = null;
        return $$"""
            {"TM":"{{new OcmfTime(at, clock)}}","TX":"{{(char)transaction}}","RV":{{KilowattHours}},"RI":"{{Register}}","RU":"kWh","RT":"AC","EF":"","ST":"G"}
            """;
    }

    internal string Sign(IEnumerable<string> readings)
    {
        var meter = $"\"MV\":\"Keten\",\"MM\":\"Simulated\",\"MS\":{Quoted(Serial)},\"MF\":\"0\"";
        const string NoUser = "\"IS\":false,\"IL\":\"NONE\",\"IF\":[],\"IT\":\"NONE\",\"ID\":\"\"";
        var payload = $"{head}{NextPagination}\",{meter},{NoUser},\"RD\":[{string.Join(',', readings)}]}}";
        var signature = key.SignData(System.Text.Encoding.UTF8.GetBytes(payload), algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence);
        NextPagination++;
        return $"{OcmfDocument.Header}|{payload}|{{\"SA\":\"{algorithm.Name}\",\"SD\":\"{Convert.ToHexString(signature)}\"}}";
    }

    private string KilowattHours => string.Create(CultureInfo.InvariantCulture, $"{MilliwattHours / 1_000_000}.{MilliwattHours % 1_000_000:D6}");

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);
}

/// <summary>A transaction of a simulated meter whose readings go into one record.</summary>
public sealed class MeterSession
{
    private readonly MeterSimulator meter;
    private readonly List<string> readings;

    internal MeterSession(MeterSimulator meter, string begin) => (this.meter, readings) = (meter, [begin]);

    /// <summary>Takes a reading: charging, suspended, tariff change or exception.</summary>
    /// <param name="transaction">The reason.</param>
    /// <param name="at">Now.</param>
    /// <param name="milliwattHours">The energy since the reading before.</param>
    /// <exception cref="InvalidOperationException">
    /// The session is over or full (<see cref="OcmfDocument.MaxReadings"/>), or the time is before the last reading's.
    /// </exception>
    public MeterSession Take(OcmfTransaction transaction, DateTimeOffset at, long milliwattHours)
    {
        if (transaction.Ends() || transaction is OcmfTransaction.None or OcmfTransaction.Begin) throw new ArgumentOutOfRangeException(nameof(transaction));
        if (readings.Count == OcmfDocument.MaxReadings - 1) throw new InvalidOperationException("The record is full.");
        readings.Add(meter.Read(transaction, at, milliwattHours, this));
        return this;
    }

    /// <summary>Takes the last reading and signs the record.</summary>
    /// <param name="at">Now.</param>
    /// <param name="milliwattHours">The energy since the reading before.</param>
    /// <param name="end">How it ended.</param>
    /// <exception cref="InvalidOperationException">The session is over, or the time is before the last reading's.</exception>
    public string End(DateTimeOffset at, long milliwattHours, OcmfTransaction end = OcmfTransaction.End)
    {
        readings.Add(meter.Read(MeterSimulator.Ending(end), at, milliwattHours, this));
        return meter.Sign(readings);
    }
}
