using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Cli.Jobs.Invitations;

/// <summary>
/// What a newcomer needs to follow a ledger and to become one of its validators, signed by a validator's node key so that no word of it is changed under way. Nothing in it is secret. Which ledger it
/// ought to be is not in it: the newcomer learns the ledger's id from somebody else than whoever hands it the file.
/// </summary>
/// <param name="Genesis">How the ledger began.</param>
/// <param name="By">The inviting validator's node key.</param>
/// <param name="Until">When it lapses.</param>
/// <param name="Peers">Addresses of nodes that give what a newcomer lacks.</param>
/// <param name="Order">Where the order of the entries comes from.</param>
internal sealed record Invitation(Genesis Genesis, PublicKey By, Instant Until, IReadOnlyList<string> Peers, InvitedOrder Order)
{
    /// <summary>Peers, or members of an etcd cluster.</summary>
    public const int AddressesAtMost = 64;

    /// <summary>Of an address or a connection, in characters.</summary>
    public const int TextAtMost = 2_048;

    /// <summary>Signs it with the key that it names.</summary>
    public Signature Sign(Signer key) => key.Sign(Digest());

    /// <summary>Whether the key that it names has signed it.</summary>
    public bool IsSigned(in Signature signature) => Es256.Verify(Digest(), signature, By);

    // A COSE_Sign1 with detached payload ["invitation", ledger, until, peers, engine, endpoints, prefix, connection, schema].
    private byte[] Digest()
    {
        var payload = new CborWriter(1_024);
        payload.Array(9);
        payload.Text("invitation");
        payload.Hash(Genesis.LedgerId);
        payload.Integer(Until.Seconds);
        Texts(Peers);
        payload.Text(Order.Engine);
        Texts(Order.Endpoints);
        foreach (var text in (string?[])[Order.Prefix, Order.Connection, Order.Schema])
        {
            if (text is null) payload.Null();
            else payload.Text(text);
        }
        var digest = new byte[Es256.DigestSize];
        SigStructure.DigestSign1(CoseSignature.HeadersOf(By.Id), default, payload.Written, digest);
        return digest;

        void Texts(IReadOnlyList<string> texts)
        {
            payload.Array(texts.Count);
            foreach (var text in texts) payload.Text(text);
        }
    }
}

/// <summary>The ordering service, without anybody's user or password.</summary>
/// <param name="Engine">"etcd" or "postgres".</param>
/// <param name="Endpoints">The members of the etcd cluster; of PostgreSQL none.</param>
/// <param name="Prefix">What all keys in etcd begin with.</param>
/// <param name="Connection">How PostgreSQL is reached.</param>
/// <param name="Schema">The schema in PostgreSQL.</param>
internal sealed record InvitedOrder(string Engine, IReadOnlyList<string> Endpoints, string? Prefix, string? Connection, string? Schema);
