using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The tariff of the demonstration, as an operator would publish it in OCPI 2.2.1.</summary>
public static class DemoTariff
{
    /// <summary>A fee, energy by day and night, and parking; VAT of 21 %.</summary>
    public const string Json = """
        {
          "country_code": "NL", "party_id": "KET", "id": "DAY-NIGHT", "currency": "EUR",
          "elements": [
            { "price_components": [{ "type": "FLAT", "price": 0.35, "vat": 21.0, "step_size": 1 }] },
            { "price_components": [{ "type": "ENERGY", "price": 0.32, "vat": 21.0, "step_size": 1 }], "restrictions": { "start_time": "06:00", "end_time": "22:00" } },
            { "price_components": [{ "type": "ENERGY", "price": 0.24, "vat": 21.0, "step_size": 1 }] },
            { "price_components": [{ "type": "PARKING_TIME", "price": 1.20, "vat": 21.0, "step_size": 900 }] }
          ],
          "last_updated": "2026-01-01T00:00:00Z"
        }
        """;

    /// <summary>Its terms for a ledger's units.</summary>
    public static TariffTerms Terms(Unit currency, Unit energy) =>
        OcpiTariffReader.Read(System.Text.Encoding.UTF8.GetBytes(Json), new OcpiUnits("EUR", currency, 2, energy)).Value!.Terms;
}
