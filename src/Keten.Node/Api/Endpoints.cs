using Microsoft.AspNetCore.Builder;

namespace Keten.Node.Api;

/// <summary>All endpoints of the ledger itself.</summary>
internal static class Endpoints
{
    public static void Map(WebApplication app)
    {
        TransactionEndpoints.Map(app);
        AgreementEndpoints.Map(app);
        AccountEndpoints.Map(app);
        PartyEndpoints.Map(app);
        LedgerEndpoints.Map(app);
        ValidatorEndpoints.Map(app);
        ProofEndpoints.Map(app);
        PeerEndpoints.Map(app);
        EventEndpoints.Map(app);
        MisbehaviourEndpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json");
    }
}
