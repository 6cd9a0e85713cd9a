using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Keten.Node.Hosting;

/// <summary>Logs to standard output and measurements to a collector, as configured.</summary>
internal static class Telemetry
{
    /// <summary>One JSON object a line, or plain text. Nothing of requests but what failed: their addresses name parties.</summary>
    public static void AddLog(ILoggingBuilder logging, LogSection section)
    {
        logging.SetMinimumLevel(section.Level switch { "debug" => LogLevel.Debug, "warning" => LogLevel.Warning, "error" => LogLevel.Error, "none" => LogLevel.None, _ => LogLevel.Information });
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (section.Level == "none") return;
        if (section.Format == "json")
            logging.AddJsonConsole(options => (options.UseUtcTimestamp, options.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        else
            logging.AddSimpleConsole(options => (options.SingleLine, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "HH:mm:ss "));
    }

    /// <summary>Sends every measurement of Keten, and the server's own, to an OTLP collector; null where none is configured.</summary>
    public static MeterProvider? Export(MetricsSection section)
    {
        if (section.Otlp is not { } address) return null;
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter("Keten.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new Uri(section.Protocol == "http" ? address.TrimEnd('/') + "/v1/metrics" : address);
                exporter.Protocol = section.Protocol == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = section.EverySeconds * 1_000;
            })
            .Build();
    }
}
