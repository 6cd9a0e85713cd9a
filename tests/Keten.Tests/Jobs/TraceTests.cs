using System.Text;
using Keten.Cli.Jobs;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Tests.Jobs;

/// <summary>Each link of the evidence chain broken in turn: exactly that link is named.</summary>
public sealed class TraceTests(Settled settled) : IClassFixture<Settled>
{
    private EvidenceBundle Whole => settled.Bundle;

    [Fact]
    public void An_unbroken_chain_holds_in_all_its_links()
    {
        var report = Trace.Check(EvidenceBundle.FromBytes(Whole.ToBytes()), GenesisFile.Load(Path.Combine(settled.Folder.Path, "genesis.json")));
        Assert.Null(report.Broken);
        Assert.Equal(Enum.GetValues<TraceLink>(), report.Links.Select(link => link.Link));
    }

    [Fact]
    public void A_changed_reading_breaks_the_meters_signature() =>
        Breaks(TraceLink.MeterSignature, Whole with { Ocmf = Encoding.UTF8.GetBytes(WithMore(Whole.OcmfText)) });

    [Fact]
    public void The_enrolment_of_another_meter_breaks_the_meters_key() => Breaks(TraceLink.MeterKey, Whole with { Meter = settled.Other.Meter });

    [Fact]
    public void The_agreement_of_a_driver_who_has_not_accepted_the_meter_breaks_the_meters_key() => Breaks(TraceLink.MeterKey, Whole with { Opening = settled.Other.Opening });

    [Fact]
    public void Another_salt_breaks_the_reading() => Breaks(TraceLink.Reading, Whole with { Salt = Hash.Of("another"u8) });

    [Fact]
    public void Another_price_breaks_the_tariff()
    {
        // 0.2 is 200,000 millionths: 1a 00 03 0d 40.
        Breaks(TraceLink.Tariff, Whole with { Tariff = Replaced(Whole.Tariff, [0x1a, 0, 3, 0x0d, 0x40], [0x1a, 0, 4, 0x0d, 0x40]) });
    }

    [Fact]
    public void Another_posting_breaks_the_entry()
    {
        // 5.00 is 500 cents: 19 01 f4. What came to the operator stands before all else that is 500.
        Breaks(TraceLink.Entry, Whole with { Charge = Changed(Whole.Charge, outcome => outcome with { Leaf = Replaced(outcome.Leaf, [0x19, 1, 0xf4], [0x19, 1, 0xf5], once: true) }) });
    }

    [Fact]
    public void An_outcome_at_another_place_breaks_the_receipt() =>
        Breaks(TraceLink.Receipt, Whole with { Charge = Changed(Whole.Charge, outcome => outcome with { Index = outcome.Index + 1 }) });

    [Fact]
    public void Another_ledgers_genesis_breaks_the_receipt()
    {
        var genesis = Genesis.FromBytes(Whole.Genesis);
        Breaks(TraceLink.Receipt, Whole with { Genesis = (genesis with { Nonce = Hash.Of("other"u8) }).ToBytes() });
        var report = Trace.Check(Whole, genesis with { Nonce = Hash.Of("other"u8) });
        Assert.Equal(TraceLink.Receipt, report.Broken?.Link);
    }

    [Fact]
    public void A_signature_that_is_not_the_validators_breaks_the_certificate()
    {
        var receipt = Receipt.FromBytes(Whole.Opening);
        using var stranger = SigningKey.Generate();
        var forged = Attestation.Sign(stranger, receipt.Header) with { Validator = receipt.Certificate.Attestations[0].Validator };
        Breaks(TraceLink.Certificate, Whole with { Opening = (receipt with { Certificate = receipt.Certificate with { Attestations = new Many<Attestation>(forged) } }).ToBytes() });
    }

    [Fact]
    public void Another_total_breaks_the_charge_record() =>
        Breaks(TraceLink.ChargeRecord, Whole with { Cdr = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Whole.Cdr).Replace("\"total_energy\":25", "\"total_energy\":26", StringComparison.Ordinal)) });

    [Fact]
    public void No_bit_of_a_bundle_can_be_flipped_unnoticed_but_in_the_charge_records_own_words()
    {
        var bytes = Whole.ToBytes();
        var cdr = bytes.AsSpan().IndexOf(Whole.Cdr);
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var bit = random.Next(bytes.Length * 8);
            if (bit / 8 >= cdr && bit / 8 < cdr + Whole.Cdr.Length) continue;
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Holds(flipped), $"bit {bit}");
        }
    }

    private static bool Holds(byte[] bytes)
    {
        try
        {
            return Trace.Check(EvidenceBundle.FromBytes(bytes)).Holds;
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    // One digit of the first register reading is another.
    private static string WithMore(string ocmf)
    {
        var at = ocmf.IndexOf("\"RV\":", StringComparison.Ordinal) + 5;
        return ocmf[..at] + (ocmf[at] == '9' ? '8' : (char)(ocmf[at] + 1)) + ocmf[(at + 1)..];
    }

    private static void Breaks(TraceLink link, EvidenceBundle bundle)
    {
        var report = Trace.Check(bundle);
        Assert.Equal(link, report.Broken?.Link);
        Assert.Equal((int)link, report.Links.Count);
    }

    private static byte[] Changed(byte[] bytes, Func<OutcomeEvidence, OutcomeEvidence> change)
    {
        var receipt = Receipt.FromBytes(bytes);
        return (receipt with { Outcomes = [change(receipt.Outcomes[0])] }).ToBytes();
    }

    private static byte[] Replaced(byte[] bytes, byte[] old, byte[] now, bool once = false)
    {
        var changed = (byte[])bytes.Clone();
        var from = 0;
        for (int at; (at = changed.AsSpan(from).IndexOf(old)) >= 0 && (from == 0 || !once); from += at + now.Length) now.CopyTo(changed, from + at);
        Assert.NotEqual(0, from);
        return changed;
    }
}
