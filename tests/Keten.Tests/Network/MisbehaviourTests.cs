using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;
using Keten.Kernel.Execution;
using Keten.Node.Network;
using Keten.Tests.Commands;

namespace Keten.Tests.Networks;

/// <summary>Rules 5 and 13: the others go on, and keep evidence that anybody can check.</summary>
public sealed class MisbehaviourTests
{
    [Fact]
    public async Task An_attestation_of_another_header_than_the_certified_one_is_kept_as_evidence()
    {
        await using var rig = new NetworkRig(4);
        var (header, waiting) = await rig.HalfAsync();
        await rig.StateAsync(3, header, by: rig.Validators[3], attested: header with { HistorySize = 7 });
        await rig.OpenAsync(2);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        await HoldsAsync(rig, 3, Misbehaviour.OtherAttestation);
    }

    [Fact]
    public async Task Two_attestations_of_one_height_are_kept_as_evidence()
    {
        await using var rig = new NetworkRig(4);
        var (header, _) = await rig.HalfAsync();
        for (var size = 7ul; size <= 8; size++)
        {
            await rig.StateAsync(3, header, by: rig.Validators[3], attested: header with { HistorySize = size });
            await Task.Delay(100);
        }
        await HoldsAsync(rig, 3, Misbehaviour.TwoAttestations);
    }

    [Fact]
    public async Task Two_echoes_of_one_position_are_kept_as_evidence_and_one_that_differs_from_the_readers_is_not()
    {
        await using var rig = new NetworkRig(4);
        var (header, _) = await rig.HalfAsync();
        await rig.StateAsync(2, header with { LogHash = Hash.Of("elsewhere"u8) }, by: rig.Validators[2]);
        await rig.StateAsync(3, header with { LogHash = Hash.Of("here"u8) }, by: rig.Validators[3]);
        await Task.Delay(100);
        await rig.StateAsync(3, header with { LogHash = Hash.Of("there"u8) }, by: rig.Validators[3]);
        await HoldsAsync(rig, 3, Misbehaviour.TwoEchoes);
        Assert.DoesNotContain(rig[0].Misbehaviour, kept => kept.Validator == rig.Validators[2].Id);
    }

    /// <summary>Whoever can write into the register cannot speak for another: what is not signed by the validator is no evidence against it.</summary>
    [Fact]
    public async Task What_others_state_in_a_validators_name_is_no_evidence_against_it()
    {
        await using var rig = new NetworkRig(4);
        var (header, _) = await rig.HalfAsync();
        for (var size = 7ul; size <= 9; size++)
        {
            await rig.StateAsync(3, header with { LogHash = Hash.Of([(byte)size]) }, by: rig.Validators[2], attested: header with { HistorySize = size });
            await Task.Delay(60);
        }
        Assert.Empty(rig[0].Misbehaviour);
    }

    [Fact]
    public async Task An_entry_that_does_not_decode_and_one_with_a_bad_transaction_and_an_absurd_clock_are_kept_as_evidence_and_the_others_go_on()
    {
        await using var rig = new NetworkRig(4);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        var (bad, now) = (rig.Validators[3], new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds()));
        rig.Order.Append(Envelope(bad, writer => Start(writer, rig.Genesis.LedgerId)));
        var forged = rig.Pay(rig.Ada, rig.Bob, 1);
        forged[^1] ^= 1;
        rig.Order.Append(Entry.Sign(bad, rig.Genesis.LedgerId, 0, 5, now, [new CheckedTransaction(Transaction.Parse(forged))]).Bytes);
        rig.Order.Append(Entry.Sign(bad, rig.Genesis.LedgerId, 0, 6, now.Plus(40 * Instant.Day), []).Bytes);
        var answer = await rig.DoneAsync(1, rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.SameAsync(answer.Height, 0, 1, 2);
        await HoldsAsync(rig, 3, Misbehaviour.FaultyEntry);
        await HoldsAsync(rig, 3, Misbehaviour.BadTransaction);
        await HoldsAsync(rig, 3, Misbehaviour.AbsurdClock);
        Assert.Equal(3, rig[0].Misbehaviour.Count);

        // Kept, and one of a kind: more of it is counted.
        rig.Order.Append(Envelope(bad, writer => Start(writer, rig.Genesis.LedgerId)));
        await Wait.UntilAsync(() => rig[0].Misbehaviour.Any(kept => kept is { Kind: Misbehaviour.FaultyEntry, Count: 2 }));
        await rig.CloseAsync(0);
        await rig.OpenAsync(0);
        Assert.Equal(3, rig[0].Misbehaviour.Count);
        Assert.All(rig[0].Misbehaviour, kept => Assert.NotNull(kept.Evidence));
    }

    /// <summary>What a validator signs who follows the rules makes no evidence, wherever others put it.</summary>
    [Fact]
    public async Task Nothing_honest_can_be_made_into_evidence()
    {
        await using var rig = new NetworkRig(4);
        for (var each = 0; each < 3; each++) await rig.OpenAsync(each);
        await rig.FundAsync();
        var (honest, now, ledger) = (rig.Validators[3], new Instant(rig.Clock.GetUtcNow().ToUnixTimeSeconds()), rig.Genesis.LedgerId);
        var certificate = rig[0].Head!;
        var header = certificate.Header;
        // Its own entry of another ledger or a later epoch, put here by somebody else; and its echo in an entry's envelope.
        byte[][] strays = [
            Entry.Sign(honest, Hash.Of("another ledger"u8), 0, 9, now, []).Bytes.ToArray(), Entry.Sign(honest, ledger, 4, 9, now, []).Bytes.ToArray(),
            Envelope(honest, writer => { writer.Array(5); writer.Text("echo"); writer.Hash(ledger); writer.Unsigned(0); writer.Unsigned(1); writer.Hash(default); })];
        foreach (var stray in strays) Assert.Null(Evidence.OfFaultyEntry(ledger, stray));
        foreach (var stray in strays) rig.Order.Append(stray);
        await rig.SameAsync((await rig.DoneAsync(0, rig.Pay(rig.Ada, rig.Bob, 1))).Height, 0, 1, 2);
        Assert.Empty(rig[0].Misbehaviour);

        Attestation Of(Header one) => Attestation.Sign(honest, one);
        bool Holds(Evidence evidence) => evidence.Verify(rig.Genesis.Validators, rig.Genesis.Parameters.ClockAheadSeconds);
        var (other, later) = (header with { HistorySize = 99 }, header with { HistorySize = 99, Epoch = 1 });
        Assert.True(Holds(Evidence.OfTwoAttestations(header, Of(header), other, Of(other))));
        Assert.False(Holds(Evidence.OfTwoAttestations(header, Of(header), header, Of(header))));
        Assert.False(Holds(Evidence.OfTwoAttestations(header, Of(header), later, Of(later))));
        Assert.False(Holds(Evidence.OfTwoAttestations(header, Of(header), other, Of(header))));
        Assert.False(Holds(Evidence.OfTwoAttestations(header, Of(header), header with { Height = 9 }, Of(header with { Height = 9 }))));
        Assert.True(Holds(Evidence.OfOtherAttestation(certificate, other, Of(other))));
        Assert.False(Holds(Evidence.OfOtherAttestation(certificate, header, Of(header))));
        Assert.False(Holds(Evidence.OfOtherAttestation(certificate, later, Of(later))));
        Assert.False(Holds(Evidence.OfOtherAttestation(certificate with { Attestations = new Many<Attestation>(certificate.Attestations.AsSpan()[..2]) }, other, Of(other))));
        Echo Read(ulong epoch, ulong position, byte what) => Echo.Sign(honest, ledger, epoch, position, Hash.Of([what]));
        Assert.True(Holds(Evidence.OfTwoEchoes(ledger, 0, Read(0, 5, 1), Read(0, 5, 2))));
        Assert.False(Holds(Evidence.OfTwoEchoes(ledger, 0, Read(0, 5, 1), Read(0, 5, 1))));
        Assert.False(Holds(Evidence.OfTwoEchoes(ledger, 0, Read(0, 5, 1), Read(1, 5, 2))));
        Assert.False(Holds(Evidence.OfTwoEchoes(ledger, 0, Read(0, 5, 1), Read(0, 6, 2))));
        var sound = new CheckedTransaction(Transaction.Parse(rig.Pay(rig.Ada, rig.Bob, 1)));
        Assert.False(Holds(Evidence.OfBadTransaction(Entry.Sign(honest, ledger, 0, 9, now, [sound]), 0, rig.Ada.Public)));
        Assert.False(Holds(Evidence.OfBadTransaction(Entry.Sign(honest, ledger, 0, 9, now, [sound]), 0, rig.Bob.Public)));
        var again = Evidence.OfTwoAttestations(header, Of(header), other, Of(other));
        for (var place = 0; place < again.ToBytes().Length; place++)
        {
            var bytes = again.ToBytes();
            bytes[place] ^= 4;
            Assert.False(IsGood(bytes));
        }

        bool IsGood(byte[] bytes)
        {
            try
            {
                var read = Evidence.FromBytes(bytes);
                return read.LedgerId == ledger && Holds(read);
            }
            catch (MalformedException)
            {
                return false;
            }
        }
    }

    // It is kept, holds, holds for whoever reads it from a file, and not against another validator.
    private static async Task HoldsAsync(NetworkRig rig, int validator, Misbehaviour kind)
    {
        KeptEvidence? Kept() => rig[0].Misbehaviour.FirstOrDefault(kept => kept.Validator == rig.Validators[validator].Id && kept.Kind == kind);
        await Wait.UntilAsync(() => Kept() is not null);
        var evidence = Kept()!.Evidence!;
        var (validators, clock) = (rig.Genesis.Validators, rig.Genesis.Parameters.ClockAheadSeconds);
        Assert.True(evidence.Verify(validators, clock));
        Assert.False((evidence with { Validator = rig.Validators[0].Id }).Verify(validators, clock));
        Assert.False((evidence with { LedgerId = Hash.Of("another"u8) }).Verify(validators, clock));
        using var shell = new Shell();
        await File.WriteAllBytesAsync(shell["evidence"], evidence.ToBytes());
        await File.WriteAllBytesAsync(shell["genesis.cbor"], rig.Genesis.ToBytes());
        var (exit, json) = await shell.JsonAsync("evidence", "check", shell["evidence"], "--genesis", shell["genesis.cbor"]);
        Assert.Equal((0, kind.ToString()), (exit, (string?)json["kind"]));
    }

    private static void Start(CborWriter writer, Hash ledger)
    {
        writer.Array(5);
        writer.Hash(ledger);
        writer.Unsigned(0);
        writer.Unsigned(3);
    }

    private static byte[] Envelope(Signer signer, Action<CborWriter> write)
    {
        var payload = new CborWriter();
        write(payload);
        var header = CoseSignature.HeadersOf(signer.Id);
        var digest = new byte[Hash.Size];
        SigStructure.DigestSign1(header, default, payload.Written, digest);
        var signature = new byte[Signature.Size];
        signer.Sign(digest).CopyTo(signature);
        var writer = new CborWriter();
        writer.Tag(18);
        writer.Array(4);
        writer.Bytes(header);
        writer.Map(0);
        writer.Bytes(payload.Written);
        writer.Bytes(signature);
        return writer.ToArray();
    }
}
