using System.Security.Cryptography;
using System.Text.Json;
using Keten.Connectors.Ocmf;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>What a bundle's charge record says, compared with what was found before it.</summary>
internal static class EvidenceCdr
{
    /// <summary>The meter's key as the charge record names it, or null.</summary>
    public static OcmfPublicKey? KeyOf(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("signed_data", out var signed) && signed.TryGetProperty("public_key", out var key)
                && key.ValueKind == JsonValueKind.String ? OcmfPublicKey.Read(key.GetString()!) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A party's key as OCMF writes it.</summary>
    public static OcmfPublicKey SpkiOf(in PublicKey key)
    {
        try
        {
            using var form = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() } });
            return OcmfPublicKey.Of(form);
        }
        catch (CryptographicException fault)
        {
            throw new BrokenLinkException("The enrolled key is no point of the curve.", fault);
        }
    }

    /// <summary>The record.</summary>
    /// <exception cref="BrokenLinkException">It is not one.</exception>
    public static Cdr Read(byte[] json, TariffTerms terms)
    {
        var currency = "";
        try
        {
            using var document = JsonDocument.Parse(json);
            currency = document.RootElement.TryGetProperty("currency", out var code) ? code.GetString() ?? "" : "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new BrokenLinkException("The charge record is not JSON.", fault);
        }
        var read = CdrReader.Read(json, new OcpiUnits(currency, terms.Currency, terms.CurrencyDecimals, terms.Energy, terms.Zone));
        return read.Value ?? throw new BrokenLinkException($"The charge record is not OCPI's: {read.Faults[0].Path} {read.Faults[0].Reason}.");
    }

    /// <summary>Compares.</summary>
    /// <exception cref="BrokenLinkException">It says something else.</exception>
    public static void Compare(Cdr cdr, Priced priced, TariffTerms terms, OcmfDocument record, string text)
    {
        if (cdr.SignedData is not { } signed || !signed.Values.Any(value => value.SignedData == text)) throw new BrokenLinkException("The charge record carries another meter record.");
        if (cdr.MeterId != record.Meter) throw new BrokenLinkException("The charge record names another meter.");
        if (cdr.Start != priced.Begin || cdr.End != priced.End) throw new BrokenLinkException("The charge record has other times.");
        if (cdr.TotalEnergy * 1_000 != priced.Energy.Minor) throw new BrokenLinkException($"The charge record says {cdr.TotalEnergy} kWh.");
        var major = (decimal)Math.Pow(10, terms.CurrencyDecimals);
        if (cdr.TotalCost.ExclVat * major != priced.ExclVat.Minor || (cdr.TotalCost.InclVat ?? cdr.TotalCost.ExclVat) * major != priced.InclVat.Minor)
            throw new BrokenLinkException($"The charge record says {cdr.TotalCost.InclVat ?? cdr.TotalCost.ExclVat} {cdr.Currency}.");
        if (!cdr.Tariffs.Any(tariff => tariff.Terms == terms)) throw new BrokenLinkException("The charge record is by another tariff.");
    }
}
