using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Keten.Node.Web;

/// <summary>The first web page: files within this assembly, served under «/» and «/web/», which load nothing from anywhere else.</summary>
public static class WebPages
{
    /// <summary>What the page may do: run and load its own files, and talk to the node that served it. Nothing inline, nothing foreign, no frame around it.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Prefix = "web/";
    private const string Front = "index.html";

    /// <summary>Serves the page.</summary>
    public static void Map(WebApplication app)
    {
        foreach (var name in typeof(WebPages).Assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            var file = Read(name);
            app.MapMethods(name == Prefix + Front ? "/" : "/" + name, [HttpMethods.Get, HttpMethods.Head], file.Answer).ExcludeFromDescription();
        }
    }

    private static PageFile Read(string name)
    {
        using var stream = typeof(WebPages).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new PageFile(bytes, TypeOf(name), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..16])}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"The page's file {name} is of no known type."),
    };

    private sealed record PageFile(byte[] Bytes, string Type, EntityTagHeaderValue Tag)
    {
        public IResult Answer(HttpContext http)
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            // Asked for anew each time, and answered from the browser's own copy as long as it is the same.
            headers.CacheControl = "no-cache";
            return Results.Bytes(Bytes, Type, entityTag: Tag);
        }
    }
}
