using Keten.Kernel.Blocks;

namespace Keten.EndToEnd.Web;

/// <summary>The page's verifier is a second implementation of docs/formats.md, in another language: where the two disagree, one of them or the page is wrong.</summary>
public sealed class SecondVerifierTests(Browser browser) : IClassFixture<Browser>
{
    // Of one receipt: itself as «0», and then each of its copies with one bit turned.
    private const string Check = """
        async ([genesis, receipt, step]) => {
          const { checkReceipt } = await import('/receipt.js');
          const { readGenesis } = await import('/genesis.js');
          const { fromHex } = await import('/bytes.js');
          const known = await readGenesis(fromHex(genesis));
          const bytes = fromHex(receipt);
          const verdicts = [(await checkReceipt(bytes, known)).fault ?? 'none'];
          for (let bit = 0; bit < bytes.length * 8; bit += step) {
            const flipped = bytes.slice();
            flipped[bit >> 3] ^= 1 << (bit & 7);
            verdicts.push((await checkReceipt(flipped, known)).fault ?? 'none');
          }
          return verdicts.join(' ');
        }
        """;

    [ChromiumFact]
    public async Task The_page_finds_the_same_fault_as_the_kernel_in_every_flipped_copy()
    {
        await using var host = await PageHost.StartAsync();
        await using var visit = await browser.VisitAsync(host.Address + "/receipt.js");
        foreach (var (validators, blocks, step) in ((int, int[], int)[])[(1, [1], 3), (1, [3, 5], 41), (4, [1, 2, 9], 53), (7, [4], 61)])
        {
            var receipts = new Receipts(validators);
            foreach (var receipt in receipts.Make(blocks))
            {
                var verdicts = await visit.Page.EvaluateAsync<string>(Check, new object[] { Hex(receipts.Genesis.ToBytes()), Hex(receipt), step });
                Assert.Equal(Expected(receipt, receipts.Genesis, step), verdicts);
            }
        }
    }

    [ChromiumFact]
    public async Task After_changes_of_validators_too()
    {
        await using var host = await PageHost.StartAsync();
        await using var visit = await browser.VisitAsync(host.Address + "/receipt.js");
        foreach (var (validators, step) in ((int, int)[])[(1, 31), (4, 83)])
        {
            var receipts = new Receipts(validators);
            receipts.Make(1);
            for (var each = 0; each < 3; each++) receipts.Rekey(each % validators);
            var receipt = receipts.Make(1)[0];
            var verdicts = await visit.Page.EvaluateAsync<string>(Check, new object[] { Hex(receipts.Genesis.ToBytes()), Hex(receipt), step });
            Assert.Equal(Expected(receipt, receipts.Genesis, step), verdicts);
        }
    }

    [ChromiumFact]
    public async Task The_page_refuses_a_receipt_of_another_ledger()
    {
        await using var host = await PageHost.StartAsync();
        await using var visit = await browser.VisitAsync(host.Address + "/receipt.js");
        var (ours, theirs) = (new Receipts(1), new Receipts(1));
        var verdicts = await visit.Page.EvaluateAsync<string>(Check, new object[] { Hex(ours.Genesis.ToBytes()), Hex(theirs.Make(1)[0]), 1 << 20 });
        Assert.StartsWith("ledger", verdicts, StringComparison.Ordinal);
    }

    private static string Expected(byte[] receipt, Genesis genesis, int step)
    {
        var verdicts = new List<string> { Name(ReceiptCheck.Check(receipt, genesis, out _)) };
        Assert.Equal("none", verdicts[0]);
        for (var bit = 0; bit < receipt.Length * 8; bit += step)
        {
            var flipped = receipt.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            verdicts.Add(Name(ReceiptCheck.Check(flipped, genesis, out _)));
        }
        return string.Join(' ', verdicts);
    }

    private static string Name(ReceiptFault fault) => fault switch
    {
        ReceiptFault.None => "none",
        ReceiptFault.Malformed => "form",
        ReceiptFault.WrongLedger => "ledger",
        ReceiptFault.Certificate => "certificate",
        _ => "outcome",
    };

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
