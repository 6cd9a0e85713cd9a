using System.Text.Json.Serialization;

namespace Keten.Connectors.Ocmf;

/// <summary>The verdict on one value of one file, ready to print. It holds nothing that names a person.</summary>
/// <param name="File">The file's name without folder.</param>
/// <param name="Index">The value's place in the file, from 0.</param>
/// <param name="Format">OCMF, or the name of a format that is not checked here.</param>
/// <param name="Algorithm">The signature algorithm; null when the value could not be read.</param>
/// <param name="Signature">What the signature is worth.</param>
/// <param name="Admissible">Whether the record may be billed.</param>
/// <param name="Reasons">Why not; empty when it may.</param>
/// <param name="Detail">What was wrong with the text; null when nothing was.</param>
/// <param name="Meter">The meter's serial, else the gateway's, else the charge point.</param>
/// <param name="Pagination">Context and counter.</param>
/// <param name="BeginWh">The billed register at the begin of the transaction, in watt-hours.</param>
/// <param name="EndWh">The billed register at its end.</param>
/// <param name="EnergyWh">The energy between them.</param>
public sealed record OcmfReportLine(
    string File, int Index, string Format, string? Algorithm, OcmfSignatureState Signature, bool Admissible, IReadOnlyList<OcmfFault> Reasons, string? Detail,
    string? Meter, string? Pagination, decimal? BeginWh, decimal? EndWh, decimal? EnergyWh);

/// <summary>
/// The verdicts on every value of a file or folder, files in the order of their names. Each file is a case of its own: pagination, registers and transactions
/// are followed within a file and not from one to the next, so that a file's verdict does not depend on what lies beside it.
/// </summary>
/// <param name="Values">The verdicts.</param>
public sealed record OcmfReport(IReadOnlyList<OcmfReportLine> Values)
{
    /// <summary>Most files of a folder.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>Endings of the files that are taken from a folder. A single file is read whatever its name.</summary>
    public static readonly IReadOnlyList<string> Endings = [".xml", ".ocmf", ".pcdf"];

    /// <summary>How many signatures are valid.</summary>
    public int Valid => Values.Count(value => value.Signature == OcmfSignatureState.Valid);

    /// <summary>How many records may be billed.</summary>
    public int Admissible => Values.Count(value => value.Admissible);

    /// <summary>Whether every record may be billed, and there is one.</summary>
    [JsonIgnore]
    public bool AllAdmissible => Values.Count > 0 && Admissible == Values.Count;

    /// <summary>Judges a file, or the files of a folder (not of folders in it) that end in one of <see cref="Endings"/>.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="trusted">The trusted meters; null takes the keys in the files.</param>
    /// <param name="clock">What the clock must be worth.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="IOException">It cannot be read, or the folder has more than <see cref="MaxFiles"/> files.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static OcmfReport Of(string path, OcmfKeys? trusted = null, OcmfClockDemand clock = OcmfClockDemand.Energy)
    {
        var lines = new List<OcmfReportLine>();
        foreach (var file in Files(path)) lines.AddRange(Judge(Path.GetFileName(file), Content(file), trusted, clock));
        return new OcmfReport(lines);
    }

    /// <summary>Judges the content of one file.</summary>
    public static IReadOnlyList<OcmfReportLine> Judge(
        string name, ReadOnlyMemory<byte> content, OcmfKeys? trusted = null, OcmfClockDemand clock = OcmfClockDemand.Energy)
    {
        var values = OcmfFile.Read(content);
        var judge = new OcmfJudge(trusted, clock);
        var verdicts = values.Select(judge.Judge).ToArray();
        var unended = verdicts.Select(verdict => verdict.Overtakes).OfType<int>().Concat(judge.Open).ToArray();
        foreach (var record in unended) verdicts[record] = verdicts[record].With(OcmfFault.MissingEnd);
        return [.. verdicts.Select((verdict, index) => Line(name, index, values[index], verdict))];
    }

    private static OcmfReportLine Line(string file, int index, OcmfValue value, OcmfVerdict verdict) => new(
        file, index, value.Format, verdict.Document?.Signature.AlgorithmName, verdict.Signature, verdict.Admissible, verdict.Reasons, verdict.Detail,
        verdict.Document?.Meter, verdict.Document?.Pagination.ToString(),
        OcmfEnergy.Plain(verdict.BeginWh), OcmfEnergy.Plain(verdict.EndWh), OcmfEnergy.Plain(verdict.EnergyWh));

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new FileNotFoundException("There is no such file or folder.", path);
        var files = Directory.EnumerateFiles(path)
            .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Take(MaxFiles + 1).ToArray();
        if (files.Length > MaxFiles) throw new IOException($"The folder has more than {MaxFiles} files.");
        return files.OrderBy(Path.GetFileName, StringComparer.Ordinal);
    }

    // One byte more than is allowed is enough to see that it is too long.
    private static byte[] Content(string file)
    {
        using var stream = File.OpenRead(file);
        var content = new byte[Math.Min(stream.Length, OcmfFile.MaxLength + 1)];
        stream.ReadExactly(content);
        return content;
    }
}
