using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>What the OpenAPI document says of an endpoint.</summary>
public static class EndpointWords
{
    /// <summary>Its chapter, what it does, and what it answers in.</summary>
    public static RouteHandlerBuilder About(this RouteHandlerBuilder endpoint, string chapter, string summary, params string[] types)
    {
        endpoint.WithTags(chapter).WithSummary(summary).ProducesProblem(400).ProducesProblem(429).ProducesProblem(503);
        return endpoint.Produces(200, null, types.Length > 0 ? types[0] : "application/json", types.Length > 1 ? types[1..] : []);
    }
}
