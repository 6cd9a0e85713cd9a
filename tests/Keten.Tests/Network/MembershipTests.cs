using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Tests.Networks;

/// <summary>Rule 12: validators come and go, and the nodes follow.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task Under_load_one_is_removed_one_added_and_one_changes_its_key_and_all_headers_are_the_same()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.OpenAsync(4);
        await rig.FundAsync();
        var payments = Enumerable.Range(0, 60).Select(_ => rig.Pay(rig.Ada, rig.Bob, 1)).ToArray();
        var (paid, stop) = (0, false);
        var load = Task.Run(async () =>
        {
            foreach (var payment in payments)
            {
                if (stop) return;
                await rig.DoneAsync(0, payment);
                paid++;
            }
        });

        // Added, by three of four; and then it appends and certifies.
        var added = await rig.CarryAsync(1, new KernelCalls.Change(Add: new KernelCalls.NewValidator("V4", rig.PartyOf(4), rig.Nodes[4].Public, KeyProof.Sign(rig.Nodes[4], rig.Genesis.LedgerId, rig.PartyOf(4)))), 0, 1, 2);
        await rig.SameAsync(added, 0, 1, 2, 3, 4);
        await rig.DoneAsync(4, rig.Pay(rig.Ada, rig.Bob, 1));

        // Removed, by four of five; its node takes no more and goes on following.
        var removed = await rig.CarryAsync(4, new KernelCalls.Change(Remove: rig.PartyOf(3)), 0, 1, 2, 4);
        await rig.SameAsync(removed, 0, 1, 2, 3, 4);
        Assert.Equal(KernelRefusal.NotAValidator, (await rig[3].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 1)], WaitFor.Final).WaitAsync(TimeSpan.FromSeconds(20)))[0].Refusal);

        // A new key, by its own party alone: the node is opened again with it.
        var next = SigningKey.Generate();
        var rekeyed = (await rig.DoneAsync(1, rig.Do(2, new KernelCalls.Rekey(rig.PartyOf(2), next.Public, KeyProof.Sign(next, rig.Genesis.LedgerId, rig.PartyOf(2)))))).Height;
        await rig.SameAsync(rekeyed, 0, 1, 2, 3, 4);
        await rig.CloseAsync(2);
        rig.Nodes[2] = next;
        await rig.OpenAsync(2);
        stop = true;
        await load;
        var last = await rig.DoneAsync(2, rig.Pay(rig.Ada, rig.Bob, 1));
        var header = await rig.SameAsync(last.Height, 0, 1, 2, 3, 4);

        Assert.Null(rig[3].Fault);
        Assert.Equal(rig[0].Read(ledger => ledger.Validators.Hash), header.Validators);
        Assert.Equal([added, removed, rekeyed], rig[3].ChangesOfValidators().Select(change => change.Height));
        Assert.Equal(paid + 2, rig[3].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));
        // A stranger with the genesis alone believes the receipt, and a light client every certificate.
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig[3].ReceiptOf(last.Id)!.ToBytes(), rig.Genesis, out _));
        var client = new LightClient(rig.Genesis);
        Assert.True(client.Take(rig[1].ChangesOfValidators()));
        Assert.Equal(HeaderNews.Newer, client.Weigh(rig[4].CertificateOf(last.Height)!));

        // What it kept is whole, certificate by certificate, executed again too; and it goes on from there.
        await rig.CloseAsync(3);
        Assert.DoesNotContain(NodeCheck.Run(rig.DiskOf(3), BuiltIn.Catalogue), finding => finding.IsDamage);
        await rig.OpenAsync(3);
        await rig.SameAsync((await rig.DoneAsync(4, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 3);
    }

    [Fact]
    public async Task The_removed_one_s_word_is_not_needed_and_does_not_count()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.SameAsync(await rig.CarryAsync(0, new KernelCalls.Change(Remove: rig.PartyOf(3)), 0, 1, 2), 0, 1, 2, 3);
        // Three are left, of whom all three are needed: the fourth's statements replace nobody's.
        await rig.CloseAsync(2);
        var waiting = rig[0].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 5)], WaitFor.Final);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await rig.OpenAsync(2);
        var answer = (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))[0];
        Assert.Equal(AnswerStatus.Done, answer.Status);
        Assert.DoesNotContain(rig[0].CertificateOf(answer.Height)!.Attestations, one => one.Validator == rig.Nodes[3].Id);
        Assert.Equal(3, rig[0].CertificateOf(answer.Height)!.Attestations.Count);
    }

    /// <summary>A change is final by those who were to certify it, whoever is not there yet to certify what comes behind it.</summary>
    [Fact]
    public async Task A_new_key_is_final_before_anybody_signs_with_it()
    {
        await using var rig = new NetworkRig(3);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.CloseAsync(2);
        var next = SigningKey.Generate();
        var height = rig[0].Read(ledger => ledger.Head!.Height) + 1;
        _ = rig[0].SubmitAsync([rig.Do(2, new KernelCalls.Rekey(rig.PartyOf(2), next.Public, KeyProof.Sign(next, rig.Genesis.LedgerId, rig.PartyOf(2))))], WaitFor.Accepted);
        await Wait.UntilAsync(() => rig[1].Read(ledger => ledger.Head!.Height) >= height);
        _ = rig[1].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 5)], WaitFor.Accepted);
        await Wait.UntilAsync(() => rig[0].Read(ledger => ledger.Head!.Height) > height);
        // Both find both blocks at once, and the third comes with its old key.
        for (var each = 0; each < 2; each++) await rig.CloseAsync(each);
        await rig.OpenAllAsync();
        await rig.SameAsync(height, 0, 1, 2);
        await rig.CloseAsync(2);
        rig.Nodes[2] = next;
        await rig.OpenAsync(2);
        await rig.SameAsync(height + 1, 0, 1, 2);
    }

    /// <summary>Rule 13: a muted validator's node appends nothing and certifies on; when it is heard again, it appends again.</summary>
    [Fact]
    public async Task A_muted_validator_certifies_and_appends_nothing_until_it_is_heard_again()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 5));
        await rig.SameAsync(await rig.CarryAsync(0, new KernelCalls.Change(Mute: rig.PartyOf(3)), 0, 1, 2), 3);
        Assert.Equal(KernelRefusal.NotAValidator, (await rig[3].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 1)], WaitFor.Final).WaitAsync(TimeSpan.FromSeconds(20)))[0].Refusal);
        await rig.CloseAsync(2);
        await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 5));
        await rig.OpenAsync(2);
        await rig.SameAsync(await rig.CarryAsync(0, new KernelCalls.Change(Unmute: rig.PartyOf(3)), 0, 1, 2), 3);
        await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 5));
    }

    /// <summary>Rule 36: a node without the catalogue that was voted in stops before that block, and says what it lacks; what was final stays.</summary>
    [Fact]
    public async Task A_node_without_the_catalogue_stops_before_its_height_and_says_so()
    {
        await using var rig = new NetworkRig(1);
        await rig.OpenAsync(0);
        await rig.FundAsync();
        var (missing, height) = (Hash.Of("a catalogue of tomorrow"u8), rig[0].Head!.Header.Height + 110);
        await rig.CarryAsync(0, new KernelCalls.Change(Activate: new Activation(missing, height)), 0);
        while (rig[0].Head!.Header.Height < height - 1) await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1));
        var fault = await Assert.ThrowsAsync<NodeStoppedException>(() => rig[0].SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 1)], WaitFor.Final).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(missing, Assert.IsType<CatalogueMissingException>(fault.InnerException).Catalogue);
        Assert.Contains(missing.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Equal(height - 1, rig[0].Head!.Header.Height);
        await rig.CloseAsync(0);
    }
}
