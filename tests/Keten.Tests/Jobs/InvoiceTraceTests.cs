using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Tests.Commands;

namespace Keten.Tests.Jobs;

/// <summary>An invoice followed from the meter to the bank, made once for all tests that break it.</summary>
public sealed class Invoiced : IAsyncLifetime
{
    internal Shell Shell { get; } = new();

    public JsonObject Report { get; private set; } = null!;

    public InvoiceBundle Bundle { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var (exit, json) = await Shell.JsonAsync("demo", "invoice", "--check", "--out", Shell["invoice"]);
        Assert.True(exit == Exit.Ok, json.ToJsonString());
        (Report, Bundle) = ((JsonObject)json, InvoiceBundle.FromBytes(await File.ReadAllBytesAsync(Shell["invoice/invoice.evidence"])));
    }

    public Task DisposeAsync()
    {
        Shell.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Each link of an invoice's chain broken in turn: exactly that link is named.</summary>
public sealed class InvoiceTraceTests(Invoiced invoiced) : IClassFixture<Invoiced>
{
    private InvoiceBundle Whole => invoiced.Bundle;

    [Fact]
    public void The_whole_chain_holds_from_the_meter_to_the_banks_return()
    {
        var report = InvoiceTrace.Check(Whole, Genesis.FromBytes(Whole.Genesis));
        Assert.Null(report.Broken);
        Assert.Equal((35, "answers"), (report.Links.Count, report.Links[^1].Name));
        Assert.Contains("AM04", report.Links[^1].Says, StringComparison.Ordinal);
        Assert.Equal(35, (int)invoiced.Report["links"]!);
    }

    [Theory]
    [InlineData("agreement")]
    [InlineData("bill")]
    [InlineData("invoice")]
    [InlineData("session-1/meter-signature")]
    [InlineData("session-1/charge-record")]
    [InlineData("announcement")]
    [InlineData("handover")]
    [InlineData("file")]
    [InlineData("bank-1")]
    [InlineData("bank-2")]
    [InlineData("bank-3")]
    [InlineData("answers")]
    public void One_changed_byte_of_a_document_breaks_its_link(string link) => Breaks(link, InvoiceTampering.Of(Whole).Single(each => each.Link == link).Changed);

    [Fact]
    public void No_bit_of_invoice_charge_record_debit_file_or_banks_file_can_be_flipped_unnoticed()
    {
        var (random, session) = (new Random(11), EvidenceBundle.FromBytes(Whole.Sessions[0]));
        for (var round = 0; round < 40; round++)
        {
            Breaks("invoice", Whole with { Invoice = Flipped(Whole.Invoice) });
            Breaks("session-1/charge-record", Whole with { Sessions = [(session with { Cdr = Flipped(session.Cdr) }).ToBytes(), .. Whole.Sessions.Skip(1)] });
            Breaks("file", Whole with { File = Flipped(Whole.File) });
            Breaks("bank-2", Whole with { Bank = [Whole.Bank[0], Whole.Bank[1] with { Content = Flipped(Whole.Bank[1].Content) }, Whole.Bank[2]] });
        }

        byte[] Flipped(byte[] bytes) => InvoiceTampering.Flipped(bytes, random.Next(bytes.Length));
    }

    [Fact]
    public void Sessions_in_another_order_break_the_lines() => Breaks("lines", Whole with { Sessions = [Whole.Sessions[1], Whole.Sessions[0], Whole.Sessions[2]] });

    [Fact]
    public void A_session_too_few_breaks_the_lines() => Breaks("lines", Whole with { Sessions = [.. Whole.Sessions.Take(2)] });

    [Fact]
    public void What_the_ledger_says_of_the_bank_and_no_file_shows_breaks_the_answers()
    {
        Breaks("answers", Whole with { Bank = [] });
        Breaks("answers", Whole with { Bank = [Whole.Bank[0], Whole.Bank[1]] });
    }

    [Fact]
    public void A_file_that_another_vouches_for_breaks_the_bank()
    {
        using var stranger = SigningKey.Generate();
        var (digest, signature) = (new byte[Hash.Size], new byte[Signature.Size]);
        InvoiceBundle.Digest(Genesis.FromBytes(Whole.Genesis).LedgerId, stranger.Id, Whole.Bank[0].Content, digest);
        stranger.Sign(digest).CopyTo(signature);
        Breaks("bank-1", Whole with { Bank = [Whole.Bank[0] with { Signature = signature }, .. Whole.Bank.Skip(1)] });
    }

    [Fact]
    public void What_has_not_happened_yet_ends_the_chain_and_does_not_break_it()
    {
        Assert.Equal((true, "lines"), End(Whole with { Notice = [], Handed = [], File = [], Bank = [], Posted = [] }));
        Assert.Equal((true, "announcement"), End(Whole with { Handed = [], File = [], Bank = [], Posted = [] }));
        Assert.Equal((true, "answers"), End(Whole with { Bank = [], Posted = [] }));

        static (bool, string) End(InvoiceBundle bundle) => InvoiceTrace.Check(bundle) is var report ? (report.Holds, report.Links[^1].Name) : default;
    }

    [Fact]
    public void Another_ledgers_genesis_breaks_the_agreement()
    {
        var other = Genesis.FromBytes(Whole.Genesis) with { Nonce = Hash.Of("other"u8) };
        Assert.Equal("agreement", InvoiceTrace.Check(Whole, other).Broken?.Name);
        Breaks("agreement", Whole with { Genesis = other.ToBytes() });
    }

    [Fact]
    public async Task The_command_names_the_link_and_exits_with_1()
    {
        var shell = invoiced.Shell;
        Assert.Equal(Exit.Ok, (await shell.JsonAsync("trace", shell["invoice/invoice.evidence"])).Exit);
        await File.WriteAllBytesAsync(shell["changed.evidence"], (Whole with { File = InvoiceTampering.Flipped(Whole.File) }).ToBytes());
        var (exit, json) = await shell.JsonAsync("trace", shell["changed.evidence"]);
        Assert.Equal((Exit.Failed, "file"), (exit, (string?)json["broken"]));
    }

    [Fact]
    public async Task An_invoice_is_made_again_from_the_sessions_byte_for_byte()
    {
        var shell = invoiced.Shell;
        for (var each = 0; each < 3; each++) await File.WriteAllBytesAsync(shell[$"s{each}.evidence"], Whole.Sessions[each]);
        await File.WriteAllTextAsync(shell["profile.json"], """
            {"seller": {"name": "Charge & Co B.V.", "vatId": "NL123456789B01", "street": "Kade 1", "city": "Amsterdam", "postalZone": "1011 AB", "country": "NL"},
             "buyer": {"name": "Ada Lovelace", "street": "Gracht 2", "city": "Utrecht", "postalZone": "3511 CD", "country": "NL"}, "vat": {"category": "S", "percent": 21},
             "payment": {"name": "Charge & Co B.V.", "iban": "DE02120300000000202051", "remittance": "REMITTANCE", "mandate": "CHARGE-0001", "creditorId": "DE98ZZZ09999999999", "from": "NL91ABNA0417164300"}}
            """.Replace("REMITTANCE", Between("PaymentID"), StringComparison.Ordinal));
        string[] options = ["invoice", "make", "--profile", shell["profile.json"], "--session", shell["s0.evidence"], "--session", shell["s1.evidence"], "--session", shell["s2.evidence"], "--number", "2026-0001",
            "--issued", Between("IssueDate"), "--due", Between("DueDate")];
        var (exit, json) = await shell.JsonAsync([.. options, "--out", shell["again.xml"]]);
        Assert.True(exit == Exit.Ok, json.ToJsonString());
        Assert.Equal(Whole.Invoice, await File.ReadAllBytesAsync(shell["again.xml"]));
        Assert.Equal(Exit.Ok, (await shell.JsonAsync([.. options, "--credits", "2026-0001", "--out", shell["credit.xml"]])).Exit);
        Assert.Equal(Exit.Ok, (await shell.JsonAsync("invoice", "check", shell["credit.xml"])).Exit);
        await File.WriteAllTextAsync(shell["broken.xml"], (await File.ReadAllTextAsync(shell["again.xml"])).Replace(">21<", ">20<", StringComparison.Ordinal));
        var (failed, report) = await shell.JsonAsync("invoice", "check", shell["broken.xml"]);
        Assert.Equal((Exit.Failed, "BR-CO-17"), (failed, (string?)report["disagreed"]![0]!["breaks"]![0]!["rule"]));
    }

    private string Between(string name)
    {
        var text = System.Text.Encoding.UTF8.GetString(Whole.Invoice);
        var from = text.IndexOf($"<cbc:{name}>", StringComparison.Ordinal) + name.Length + 6;
        return text[from..text.IndexOf('<', from)];
    }

    private static void Breaks(string link, InvoiceBundle bundle) => Assert.Equal(link, InvoiceTrace.Check(InvoiceBundle.FromBytes(bundle.ToBytes())).Broken?.Name);
}
