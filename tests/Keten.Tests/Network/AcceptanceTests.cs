using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;
using Keten.Tests.Commands;

namespace Keten.Tests.Networks;

/// <summary>Rule 11: «accepted» is one validator's signed promise, and one that was broken can be shown.</summary>
public sealed class AcceptanceTests
{
    [Fact]
    public async Task A_promise_that_was_not_kept_is_shown_by_time_and_an_unused_counter_and_one_that_was_kept_is_not()
    {
        await using var rig = new NetworkRig(4);
        await rig.OpenAllAsync();
        await rig.FundAsync();
        var (kept, withheld) = (rig.Pay(rig.Ada, rig.Bob, 1), rig.Pay(rig.Ada, rig.Bob, 2));
        var promises = new[] { kept, withheld }.Select(bytes => rig[0].PromiseOf(Transaction.Parse(bytes))!.Value).ToArray();
        Assert.All(promises, promise => Assert.True(promise.Verify(rig.Genesis.Validators)));
        Assert.All(promises, promise => Assert.Equal(promise, Acceptance.FromBytes(promise.ToBytes())));
        Assert.False((promises[0] with { Expiry = promises[0].Expiry.Plus(1) }).Verify(rig.Genesis.Validators));
        Assert.False((promises[0] with { Validator = rig.Validators[1].Id }).Verify(rig.Genesis.Validators));
        await rig.DoneAsync(1, kept);

        var early = await ProveAsync(rig);
        for (var each = 0; each < 3; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(400));
            for (var validator = 0; validator < 4; validator++) await rig.DoneAsync(validator, rig.Pay(rig.Ada, rig.Bob, 1));
        }
        var late = await ProveAsync(rig);
        var (sound, broken) = (Transaction.Parse(kept), Transaction.Parse(withheld));
        Assert.True(promises[1].WasBroken(rig.Genesis, broken, late.Clock, late.Window));
        Assert.False(promises[0].WasBroken(rig.Genesis, sound, late.Clock, late.Window));
        Assert.False(promises[1].WasBroken(rig.Genesis, broken, early.Clock, early.Window));
        Assert.False(promises[1].WasBroken(rig.Genesis, broken, late.Clock, early.Window));
        Assert.False(promises[1].WasBroken(rig.Genesis, sound, late.Clock, late.Window));

        using var shell = new Shell();
        await File.WriteAllBytesAsync(shell["genesis.cbor"], rig.Genesis.ToBytes());
        await File.WriteAllBytesAsync(shell["promise"], promises[1].ToBytes());
        await File.WriteAllBytesAsync(shell["transaction"], withheld);
        var proofs = new CborWriter();
        proofs.Array(2);
        proofs.Bytes(late.Clock.ToBytes());
        proofs.Bytes(late.Window.ToBytes());
        await File.WriteAllBytesAsync(shell["proofs"], proofs.ToArray());
        var (exit, json) = await shell.JsonAsync("verify", shell["promise"], "--genesis", shell["genesis.cbor"]);
        Assert.Equal((0, true), (exit, (bool)json["holds"]!));
        (exit, json) = await shell.JsonAsync("verify", shell["promise"], "--genesis", shell["genesis.cbor"], "--transaction", shell["transaction"], "--proofs", shell["proofs"]);
        Assert.Equal((0, true), (exit, (bool)json["broken"]!));
    }

    private static async Task<(StateEvidence Clock, StateEvidence Window)> ProveAsync(NetworkRig rig)
    {
        var proving = rig[0].ProveAsync([RecordKeys.Clock(), RecordKeys.Window(rig.Ada.Id, 0)]);
        while (!proving.IsCompleted)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            for (var validator = 0; validator < 4; validator++) await rig.DoneAsync(validator, rig.Pay(rig.Ada, rig.Bob, 1));
        }
        var proofs = await proving;
        return (proofs[0], proofs[1]);
    }
}
