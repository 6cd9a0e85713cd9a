using System.Net;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Api;

public sealed class MisbehaviourApiTests
{
    [Fact]
    public async Task Misbehaviour_is_told_to_readers_and_the_evidence_to_validators()
    {
        await using var rig = await ApiRig.Start();
        await ApiRig.Get(rig.Nobody, "/v1/misbehaviour", 401);
        Assert.Empty((await ApiRig.Get(rig.As(rig.Ledger.Ada), "/v1/misbehaviour")).AsArray());
        Assert.Empty((await ApiRig.Get(rig.As(rig.Ledger.Validator), "/v1/misbehaviour")).AsArray());
        // A validator's key is no party's, and reads nothing else by it.
        await ApiRig.Get(rig.As(rig.Ledger.Validator), "/v1/accounts/" + ApiRig.Id(rig.Ledger.Ada), 401);
        var one = $"/v1/misbehaviour/{rig.Ledger.Validator.Id}/faultyEntry";
        foreach (var client in (HttpClient[])[rig.As(rig.Ledger.Ada), rig.As(rig.Ledger.Validator)]) Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(one)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Nobody.GetAsync(one)).StatusCode);
    }

    [Fact]
    public async Task Accepted_is_answered_with_the_validators_signed_promise()
    {
        await using var rig = await ApiRig.Start();
        var ledger = rig.Ledger;
        var payment = ledger.Pay(ledger.Ada, ledger.Bob, 1);
        var answer = await ApiRig.Json(await rig.Post(payment, query: "?wait=accepted"));
        var promise = Acceptance.FromBytes(Convert.FromHexString((string)answer["promise"]!));
        Assert.True(promise.Verify(ledger.Genesis.Validators));
        Assert.Equal((Transaction.Parse(payment).Id, Transaction.Parse(payment).Expiry), (promise.Transaction, promise.Expiry));
        Assert.Null((await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1))))["promise"]);
    }
}
