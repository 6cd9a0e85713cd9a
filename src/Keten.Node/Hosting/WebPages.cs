using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Hosting;

/// <summary>The pages that come with the node (folder Web, embedded), under a policy that lets them load nothing from elsewhere and run nothing inline.</summary>
public sealed class WebPages(RequestDelegate next)
{
    private const string Prefix = "web/";
    private const string Policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly Dictionary<string, (string Type, byte[] Bytes)> pages = Load();

    /// <summary>Answers with a page where there is one.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!reads || !pages.TryGetValue(context.Request.Path.Value ?? "", out var page))
        {
            await next(context);
            return;
        }
        var response = context.Response;
        (response.ContentType, response.ContentLength) = (page.Type, page.Bytes.Length);
        (response.Headers.ContentSecurityPolicy, response.Headers.XContentTypeOptions, response.Headers["Referrer-Policy"]) = (Policy, "nosniff", "no-referrer");
        response.Headers.CacheControl = "no-cache";
        if (HttpMethods.IsGet(context.Request.Method)) await response.Body.WriteAsync(page.Bytes, context.RequestAborted);
    }

    // index.html answers for its folder, with and without the slash.
    private static Dictionary<string, (string, byte[])> Load()
    {
        var found = new Dictionary<string, (string, byte[])>(StringComparer.Ordinal);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var path = "/" + name[Prefix.Length..].Replace('\\', '/');
            var page = (TypeOf(path), bytes);
            found[path] = page;
            if (!path.EndsWith("/index.html", StringComparison.Ordinal)) continue;
            found[path[..^"index.html".Length]] = page;
            if (path.Length > "/index.html".Length) found[path[..^"/index.html".Length]] = page;
        }
        return found;
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".json" or ".webmanifest" => "application/json",
        ".wasm" => "application/wasm",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
