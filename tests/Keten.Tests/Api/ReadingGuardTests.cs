using System.Net;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

public sealed class ReadingGuardTests
{
    [Fact]
    public async Task Agreements_accounts_and_parties_are_read_by_those_named_and_to_others_look_like_nothing()
    {
        await using var rig = await ApiRig.Start();
        var (bank, ada, bob) = (rig.Ledger.Bank, rig.Ledger.Ada, rig.Ledger.Bob);
        (string Address, string Absent, SigningKey Named)[] guarded =
        [
            ("/v1/agreements/1", "/v1/agreements/99", bank), ("/v1/agreements/1/records/1", "/v1/agreements/99/records/1", bank), ("/v1/accounts/1", "/v1/accounts/99", bank),
            ("/v1/accounts/1/1", "/v1/accounts/99/1", bank), ("/v1/accounts/" + ApiRig.Id(ada), "/v1/accounts/" + new string('7', 40), ada),
            ("/v1/accounts/" + ApiRig.Id(ada) + "/1", "/v1/accounts/" + new string('7', 40) + "/1", ada),
            ("/v1/agreements/1/records/1/" + Hash.Of("a"u8), "/v1/agreements/99/records/1/" + Hash.Of("a"u8), bank),
        ];
        foreach (var (address, absent, named) in guarded)
        {
            await ApiRig.Get(rig.As(named), address);
            var stranger = (await ApiRig.Get(rig.As(bob), address, 404)).ToJsonString();
            Assert.Equal((await ApiRig.Get(rig.As(bob), absent, 404)).ToJsonString(), stranger);
            var unsigned = (await ApiRig.Get(rig.Nobody, address, 401)).ToJsonString();
            Assert.Equal((await ApiRig.Get(rig.Nobody, absent, 401)).ToJsonString(), unsigned);
            Assert.Contains("ecdsa-p256-sha256", (await rig.Nobody.GetAsync(address)).Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_proofs_come_together_and_what_is_for_others_is_left_out()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, ada, bob) = (rig.Ledger, rig.Ledger.Ada, rig.Ledger.Bob);
        byte[] Of(SigningKey key) => RecordKeys.Account(new AccountKey(Party.Of(key.Id), NodeRig.Euro, default));
        using var client = new KetenClient(new Uri(rig.Host.Url), patience: Patience.None, inner: new SigningHandler(ada, new SocketsHttpHandler(), ledger.Clock));
        byte[][] keys = [Of(ada), Of(bob), RecordKeys.Party(Party.Of(ada.Id)), RecordKeys.Agreement(1), RecordKeys.Agreement(99), [0x82, 0x0c, 0x01], [0x82, 0x03, 0x01], RecordKeys.Clock(), RecordKeys.Window(ada.Id, 0), RecordKeys.Window(bob.Id, 0)];
        var proofs = await rig.WhileTimePasses(client.ProofsAsync(keys));
        Assert.Equal([true, false, true, false, false, true, false, true, true, false], proofs.Select(proof => proof is not null));
        foreach (var (proof, key) in proofs.Zip(keys))
            if (proof is not null) Assert.True(proof.Verify(ledger.Genesis) && (proof.Value is not null || key[1] == 7) && proof.Key.SequenceEqual(key));
        Assert.Equal(404, await Status([Of(bob)]));
        Assert.Equal(400, await Status([[0xff]]));
        Assert.Equal(400, await Status([[0x82, 0x08, 0x83]]));
        Assert.Equal(400, await Status([new byte[257]]));
        Assert.Equal(400, await Status([[0x82, 0x0c, 0x41, 0x01]]));
        Assert.Equal(400, await Status([]));
        Assert.Equal(413, await Status([.. Enumerable.Repeat(keys[0], 1_001)]));
        using var nobody = new KetenClient(new Uri(rig.Host.Url), patience: Patience.None);
        Assert.Equal(401, (await Assert.ThrowsAsync<ProblemException>(() => nobody.ProofsAsync([Of(ada)]))).Problem.Status);

        async Task<int> Status(byte[][] asked) => (await Assert.ThrowsAsync<ProblemException>(() => client.ProofsAsync(asked))).Problem.Status;
    }

    [Fact]
    public async Task An_altered_late_retired_or_unknown_signature_reads_nothing()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, ada) = (rig.Ledger, rig.Ledger.Ada);
        var mine = "/v1/accounts/" + ApiRig.Id(ada);
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(request => request.RequestUri = new Uri(request.RequestUri!, "/v1/accounts/" + ApiRig.Id(ledger.Bob))));
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(request => request.RequestUri = new Uri(request.RequestUri! + "?x=y")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(request => request.Headers.Host = "elsewhere"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(request => request.Headers.Add("Signature-Input", "sig2=()")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(request => request.Headers.Remove("Signature")));
        Assert.Equal(HttpStatusCode.OK, await Altered(_ => { }));
        Assert.Equal(HttpStatusCode.Unauthorized, await Altered(_ => ledger.Clock.Advance(TimeSpan.FromSeconds(301))));
        using var stranger = SigningKey.Generate();
        await ApiRig.Get(rig.As(stranger), mine, 401);

        using var next = SigningKey.Generate();
        await Done(ledger.Begin(ada, next).AddKey(Party.Of(ada.Id), next.Public).Sign(ada, next));
        await ApiRig.Get(rig.As(next), mine);
        await Done(ledger.Begin(next).RetireKey(Party.Of(ada.Id), ada.Id).Sign(next));
        await ApiRig.Get(rig.As(ada), mine, 401);
        await ApiRig.Get(rig.As(next), mine);

        async Task<HttpStatusCode> Altered(Action<HttpRequestMessage> alter)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(rig.Nobody.BaseAddress!, mine));
            await RequestSignature.SignAsync(request, ada, ledger.Clock.GetUtcNow());
            alter(request);
            return (await rig.Nobody.SendAsync(request)).StatusCode;
        }

        async Task Done(byte[] transaction)
        {
            var response = await rig.Post(transaction);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Keys_are_for_all_and_the_rest_of_a_party_for_itself()
    {
        await using var rig = await ApiRig.Start();
        var ada = rig.Ledger.Ada;
        await rig.Post(rig.Ledger.Pay(ada, rig.Ledger.Bob, 1));
        var address = "/v1/parties/" + ApiRig.Id(ada);
        var seen = await ApiRig.Get(rig.Nobody, address);
        Assert.Equal(ada.Public.ToString(), (string?)seen["keys"]![0]!["publicKey"]);
        Assert.Null(seen["delegates"]);
        Assert.NotNull((await ApiRig.Get(rig.As(ada), address))["delegates"]);
        Assert.Null((await ApiRig.Get(rig.As(rig.Ledger.Bob), address))["delegates"]);
        await ApiRig.Get(rig.Nobody, address + "?proof=true", 401);
        await ApiRig.Get(rig.As(rig.Ledger.Bob), address + "?proof=true", 404);
        Assert.Null((await ApiRig.Get(rig.Nobody, "/v1/keys/" + ada.Id))["lanes"]);
        Assert.Equal(1ul, (ulong)(await ApiRig.Get(rig.As(ada), "/v1/keys/" + ada.Id))["lanes"]![0]!["highest"]!);
    }

    [Fact]
    public async Task A_proof_shows_the_record_and_one_of_absence_that_there_is_none()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, ada) = (rig.Ledger, rig.Ledger.Ada);
        foreach (var (address, by, present) in ((string, SigningKey, bool)[])
            [("/v1/agreements/1", ledger.Bank, true), ("/v1/accounts/" + ApiRig.Id(ada) + "/1", ada, true), ("/v1/accounts/" + ApiRig.Id(ledger.Bob) + "/1", ledger.Bob, false)])
        {
            var json = await rig.WhileTimePasses(ApiRig.Get(rig.As(by), address + "?proof=true"));
            var evidence = StateEvidence.FromBytes(Convert.FromHexString((string)json["proof"]!["evidence"]!));
            Assert.True(evidence.Verify(ledger.Genesis));
            Assert.Equal((present, present), (evidence.Value is not null, (bool)json["proof"]!["present"]!));
        }
    }
}
