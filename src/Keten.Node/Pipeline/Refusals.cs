using Keten.Kernel;

namespace Keten.Node.Pipeline;

/// <summary>A refusal by the numbers that are stored of it.</summary>
internal static class Refusals
{
    public static IRefusal Find(Catalogue catalogue, ushort contract, ushort number)
    {
        if (contract == 0)
        {
            foreach (var refusal in KernelRefusal.All)
                if (refusal.Number == number) return refusal;
        }
        foreach (var listed in catalogue.Contracts)
        {
            if (listed.Code != contract) continue;
            foreach (var refusal in listed.Refusals)
                if (refusal.Number == number) return refusal;
        }
        return new Unlisted(number);
    }

    // A contract may give a refusal that its contents page does not list.
    private sealed record Unlisted(ushort Number) : IRefusal
    {
        public string Sentence => "The contract refused, for a reason that its contents page does not list.";
    }
}
