using Keten.Client;
using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;
using Keten.Tests.Rules;
using static Keten.Tests.Crossings.TwoLedgers;

namespace Keten.Tests.Crossings;

/// <summary>Whoever wants the money twice, or wants it gone, and what they bring for it.</summary>
public sealed class AttackTests
{
    private readonly TwoLedgers two = new();

    private Side Home => two.Home;

    private Side Abroad => two.Abroad;

    [Fact]
    public void A_transfer_is_received_once_whatever_is_brought()
    {
        var number = two.Send(Home, Ada, Bob, 2_500);
        var first = Home.Show(Home.TransferKey(number));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), first)));
        Assert.Same(Crossing.ReceivedAlready, Abroad.Do(new Crossing.Receive(Number(number), first)));
        Assert.Same(Crossing.ReceivedAlready, Abroad.Do(new Crossing.Receive(Number(number), Home.Show(Home.TransferKey(number)))));
        Assert.Null(Home.Do(new Crossing.Settle(Number(number), Abroad.Show(Abroad.ReceiptKey(number)))));
        Assert.Same(Crossing.ReceivedAlready, Abroad.Do(new Crossing.Receive(Number(number), Home.Show(Home.TransferKey(number)))));
        Assert.Equal(2_500, Abroad.Balance(Bob));

        // Nor twice in one transaction.
        var again = two.Send(Home, Ada, Bob, 100);
        var receive = new Crossing.Receive(Number(again), Home.Show(Home.TransferKey(again)));
        var both = Abroad.Ledger.Begin(Bob).Call(Crossing.Contents, new Agreement<Crossing>(Abroad.Agreement), receive).Call(Crossing.Contents, new Agreement<Crossing>(Abroad.Agreement), receive);
        Assert.Same(Crossing.ReceivedAlready, Abroad.Ledger.Run(both.Sign(Bob)));
        Assert.Equal(2_500, Abroad.Balance(Bob));
        two.Adds();
    }

    [Fact]
    public void A_transfer_is_received_a_second_before_its_deadline_and_not_at_it()
    {
        var (before, at) = (two.Send(Home, Ada, Bob, 100, 50), two.Send(Home, Ada, Bob, 100, 50));
        var (early, late) = (Home.Show(Home.TransferKey(before)), Home.Show(Home.TransferKey(at)));
        var deadline = Home.Transfer(at).Deadline;
        Abroad.Ledger.Wait(deadline - Abroad.Ledger.State.Now - 1);
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(before), early)));
        Abroad.Ledger.Wait(1);
        Assert.Equal(deadline, Abroad.Ledger.State.Now);
        Assert.Same(Crossing.TooLate, Abroad.Do(new Crossing.Receive(Number(at), late)));
        two.Adds();
    }

    [Fact]
    public void A_transfer_goes_back_on_proof_of_the_other_ledgers_time_at_the_deadline_and_not_a_second_before()
    {
        var proof = Abroad.Show(RecordKeys.Clock(), Abroad.ReceiptKey(1), Abroad.ReceiptKey(2));
        var there = TimeIn(proof);
        Assert.Null(Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(100), there.Plus(1)), Ada));
        Assert.Null(Home.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(100), there), Ada));
        Assert.Same(Crossing.TooEarly, Home.Do(new Crossing.TakeBack(Number(1), proof)));
        Assert.Null(Home.Do(new Crossing.TakeBack(Number(2), proof)));
        Assert.Same(Crossing.TooLate, Abroad.Do(new Crossing.Receive(Number(2), Home.Forge(Home.TransferKey(2), new CrossingBytes(Home.Transfer(2) with { Stage = TransferStage.UnderWay }).Value))));
    }

    [Fact]
    public void A_header_past_the_deadline_that_carries_a_state_before_it_shows_nothing()
    {
        var number = two.Send(Home, Ada, Bob, 2_500, 100);
        Abroad.Ledger.UntilCheckpoint();
        var ledger = Abroad.Ledger.Ledger;
        var (clock, absent) = (ledger.Prove(RecordKeys.Clock())!.Value, ledger.Prove(Abroad.ReceiptKey(number))!.Value);
        // Received after the state that is shown, and the header that carries it is later still.
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), Home.Show(Home.TransferKey(number)))));
        Abroad.Ledger.Now = Home.Transfer(number).Deadline.Plus(1_000);
        Abroad.Ledger.UntilCheckpoint();
        var certificate = Abroad.Ledger.CertificateAt(Abroad.Ledger.Head.Height);
        Assert.True(certificate.Header.Time > Home.Transfer(number).Deadline);
        var stale = Proof.Of(
            ledger.Certifiers, new StateEvidence(RecordKeys.Clock(), clock.Value, clock.Proof, certificate), new StateEvidence(Abroad.ReceiptKey(number), null, absent.Proof, certificate));
        Assert.Same(Crossing.TooEarly, Home.Do(new Crossing.TakeBack(Number(number), stale)));
        two.Adds();
    }

    [Fact]
    public void What_was_received_does_not_go_back()
    {
        var number = two.Send(Home, Ada, Bob, 2_500, 100);
        var before = Abroad.Evidence(RecordKeys.Clock(), Abroad.ReceiptKey(number));
        Assert.Same(Crossing.TooEarly, Home.Do(new Crossing.TakeBack(Number(number), Proof.Of(Abroad.Ledger.Ledger.Certifiers, before))));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), Home.Show(Home.TransferKey(number)))));
        Abroad.Ledger.Wait(1_000);
        var after = Abroad.Evidence(RecordKeys.Clock(), Abroad.ReceiptKey(number));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Proof.Of(Abroad.Ledger.Ledger.Certifiers, after))));
        // The late time with the early absence: of two headers, and so of none.
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Proof.Of(Abroad.Ledger.Ledger.Certifiers, after[0], before[1]))));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Proof.Of(Abroad.Ledger.Ledger.Certifiers, after[0], before[1] with { Certificate = after[0].Certificate }))));
        // The absence alone, the time alone, and the absence of another number.
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Abroad.Show(Abroad.ReceiptKey(number + 1)))));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Abroad.Show(RecordKeys.Clock()))));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Abroad.ShowAbsence(number + 1))));
        two.Adds();
    }

    [Fact]
    public void A_transfer_ends_once()
    {
        var (back, done) = (two.Send(Home, Ada, Bob, 100, 50), two.Send(Home, Ada, Bob, 100, 5_000));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(done), Home.Show(Home.TransferKey(done)))));
        Abroad.Ledger.Wait(100);
        var absence = Abroad.ShowAbsence(back);
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.Settle(Number(back), absence)));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.Settle(Number(back), Abroad.Show(Abroad.ReceiptKey(done)))));
        Assert.Null(Home.Do(new Crossing.TakeBack(Number(back), absence)));
        Assert.Same(Crossing.NoSuchTransfer, Home.Do(new Crossing.TakeBack(Number(back), absence)));
        var receipt = Abroad.Show(Abroad.ReceiptKey(done));
        Assert.Null(Home.Do(new Crossing.Settle(Number(done), receipt)));
        Assert.Same(Crossing.NoSuchTransfer, Home.Do(new Crossing.Settle(Number(done), receipt)));
        Assert.Same(Crossing.NoSuchTransfer, Home.Do(new Crossing.TakeBack(Number(done), Abroad.ShowAbsence(done))));
        Assert.Same(Crossing.NoSuchTransfer, Home.Do(new Crossing.TakeBack(Number(9), absence)));
        Assert.Equal(9_900, Home.Balance(Ada));
        two.Adds();
    }

    [Fact]
    public void Evidence_of_another_ledger_of_the_same_validators_shows_nothing()
    {
        var number = two.Send(Home, Ada, Bob, 2_500);
        var other = new Side(new Senate(4, name: "another"), Home.Agreement);
        other.Ledger.Block();
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), other.Forge(Home.TransferKey(number), Value(number)))));
        // This ledger's own records are not the other's either.
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.Receive(Number(number), Home.Show(Home.TransferKey(number)))));
        Assert.Same(Crossing.NotProven, Home.Do(new Crossing.TakeBack(Number(number), Home.ShowAbsence(number))));
    }

    [Fact]
    public void A_transfer_to_one_side_is_not_received_by_another()
    {
        var number = two.Send(Home, Ada, Bob, 2_500);
        var proof = Home.Show(Home.TransferKey(number));
        // A second side abroad that names the same home, which does not name it.
        var second = Abroad.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, Proof.Of(Home.Ledger.Genesis)), Founder);
        Assert.Null(Abroad.Do(second, new Crossing.Join(Home.Agreement, Home.Show(Home.AgreementKey)), Founder));
        Assert.Same(Crossing.NotForHere, Abroad.Do(second, new Crossing.Receive(Number(number), proof)));
        // And another side at home: its transfer of that number is none of this crossing.
        var third = new Side(Home.Ledger, Home.Open(new Crossing.BeginHome(Senate.Party(Founder), new Unit(1), Proof.Of(Abroad.Ledger.Genesis)), Founder));
        Assert.Null(Abroad.Do(Abroad.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, Proof.Of(Home.Ledger.Genesis)), Founder),
            new Crossing.Join(third.Agreement, third.Show(third.AgreementKey)), Founder));
        Assert.Null(third.Do(new Crossing.Join(second + 1, Abroad.Show(RecordKeys.Agreement(second + 1))), Founder));
        Assert.Null(third.Do(new Crossing.Send(Senate.Party(Ada), Senate.Party(Bob), Euro(5), Instant.Last), Ada));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(1), third.Show(third.TransferKey(1)))));
    }

    [Fact]
    public void What_even_all_validators_of_the_other_ledger_could_forge_is_held_against_the_crossing()
    {
        var number = two.Send(Home, Ada, Bob, 2_500);
        var sent = Home.Transfer(number);
        Assert.Same(Crossing.NotThisMoney, Receive(sent with { Amount = new Unit(2).Of(2_500) }));
        Assert.Same(Crossing.NotForHere, Receive(sent with { Ledger = Hash.Of("elsewhere"u8) }));
        Assert.Same(Crossing.NotForHere, Receive(sent with { Agreement = 77 }));
        // A receipt of another sum or by another is none of this transfer.
        Assert.Same(Crossing.NotProven, Settle(new Crossing.Receipt(Senate.Party(Ada), There(2_500), sent.Deadline)));
        Assert.Same(Crossing.NotProven, Settle(new Crossing.Receipt(Senate.Party(Bob), There(2_499), sent.Deadline)));
        Assert.Null(Settle(new Crossing.Receipt(Senate.Party(Bob), There(2_500), sent.Deadline)));
        // More than there is cannot come home.
        Assert.Same(KernelRefusal.InsufficientFunds, Home.Do(new Crossing.Receive(Number(1), Abroad.Forge(Abroad.TransferKey(1), new CrossingBytes(
            new Crossing.Transfer(Senate.Party(Bob), Senate.Party(Bob), There(2_501), Instant.Last, Home.Ledger.Ledger.Id, Home.Agreement, TransferStage.UnderWay)).Value))));

        IRefusal? Receive(Crossing.Transfer forged) => Abroad.Do(new Crossing.Receive(Number(number), Home.Forge(Home.TransferKey(number), new CrossingBytes(forged).Value)));
        IRefusal? Settle(Crossing.Receipt forged) => Home.Do(new Crossing.Settle(Number(number), Abroad.Forge(Abroad.ReceiptKey(number), new CrossingBytes(forged).Value)));
    }

    [Fact]
    public void Another_amount_or_party_than_the_record_says_shows_nothing()
    {
        var number = two.Send(Home, Ada, Bob, 2_500);
        var evidence = Home.Evidence(Home.TransferKey(number))[0];
        foreach (var forged in new[] { Home.Transfer(number) with { Amount = Euro(9_999) }, Home.Transfer(number) with { To = Senate.Party(Founder) } })
            Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(Home.Ledger.Ledger.Certifiers, evidence with { Value = new CrossingBytes(forged).Value }))));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number + 1), Proof.Of(Home.Ledger.Ledger.Certifiers, evidence))));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number + 1), Proof.Of(Home.Ledger.Ledger.Certifiers, evidence with { Key = Home.TransferKey(number + 1) }))));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(Home.Ledger.Ledger.Certifiers, evidence))));
    }

    [Fact]
    public void No_bit_of_a_proof_can_be_flipped()
    {
        var number = two.Send(Home, Ada, Bob, 2_500, 1_000_000);
        var bytes = Home.Show(Home.TransferKey(number)).AsSpan().ToArray();
        for (var at = 0; at < bytes.Length; at += 13)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), new Proof(flipped))));
        }
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), new Proof(bytes.AsSpan(0, bytes.Length - 1)))));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), new Proof([.. bytes, 0]))));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), default)));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), new Proof(bytes))));
    }

    private byte[] Value(ulong number) => new CrossingBytes(Home.Transfer(number)).Value;

    private static Instant TimeIn(Proof proof)
    {
        var reader = new CborReader(proof.AsSpan());
        reader.ArrayOf(2);
        reader.Item();
        reader.Array(Proof.RecordsAtMost);
        var clock = new CborReader(StateEvidence.FromBytes(reader.Bytes()).Value);
        return Wire.ReadInstant(ref clock);
    }
}

/// <summary>The canonical form of a crossing's record.</summary>
internal sealed record CrossingBytes(byte[] Value)
{
    public CrossingBytes(Crossing.Transfer transfer) : this(((Codec<Crossing.Transfer>)Crossing.Contents.Tables[0].ValueCodec).ToBytes(transfer))
    {
    }

    public CrossingBytes(Crossing.Receipt receipt) : this(((Codec<Crossing.Receipt>)Crossing.Contents.Tables[1].ValueCodec).ToBytes(receipt))
    {
    }
}
