using Keten.Kernel;

namespace Keten.Client;

/// <summary>Refusals by their number on the wire: contract code ≪ 16 | number.</summary>
public static class RefusalText
{
    /// <summary>The refusal of a number, or null where the catalogue has none such (a later version's, perhaps).</summary>
    public static IRefusal? Find(Catalogue catalogue, uint code)
    {
        var (contract, number) = ((ushort)(code >> 16), (ushort)(code & 0xffff));
        return contract == 0 ? KernelRefusal.All.FirstOrDefault(refusal => refusal.Number == number)
            : catalogue.Contracts.Where(each => each.Code == contract).SelectMany(each => each.Refusals).LastOrDefault(refusal => refusal.Number == number);
    }

    /// <summary>The sentence for a number, or what the number is where nothing is known of it.</summary>
    public static string Sentence(Catalogue catalogue, uint code) => Find(catalogue, code)?.Sentence ?? $"Refusal {code & 0xffff} of contract {code >> 16}.";
}
