using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Keten.Node.Api;

/// <summary>The head of the OpenAPI document.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Keten", Version = "v1",
            Description = "A node of a Keten ledger. Requests that read what is not for all are signed (RFC 9421); errors are problem documents (RFC 9457). See docs/api.md.",
        };
        document.Servers?.Clear();
        return Task.CompletedTask;
    });
}
