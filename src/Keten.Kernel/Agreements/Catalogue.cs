namespace Keten.Kernel;

/// <summary>The contracts that a ledger knows, listed by hand and handed to the node. A consortium hands its own.</summary>
public sealed class Catalogue
{
    private readonly Dictionary<(ushort Code, ushort Version), Contract> byVersion = [];
    private readonly Dictionary<ushort, Contract> newest = [];
    private readonly List<Catalogue> earlier = [];

    /// <summary>Of these contracts; a code may have several versions.</summary>
    /// <exception cref="ArgumentException">Two have the same code and version, or two codes the same name.</exception>
    public Catalogue(params ReadOnlySpan<Contract> contracts)
    {
        var listed = contracts.ToArray();
        Array.Sort(listed, (left, right) => (left.Code, left.Version).CompareTo((right.Code, right.Version)));
        foreach (var contract in listed)
        {
            if (!byVersion.TryAdd((contract.Code, contract.Version), contract)) throw new ArgumentException($"Contract {contract.Code} version {contract.Version} is listed twice.", nameof(contracts));
            foreach (var other in listed)
                if (other.Code != contract.Code && string.Equals(other.Name, contract.Name, StringComparison.Ordinal)) throw new ArgumentException($"Two contracts are called {contract.Name}.", nameof(contracts));
            newest[contract.Code] = contract;
        }
        Contracts = listed;
        Hash = CatalogueHash.Of(listed);
    }

    /// <summary>By code, then version.</summary>
    public IReadOnlyList<Contract> Contracts { get; }

    /// <summary>Of all numbers, names and forms: two catalogues that could decide differently differ in it.</summary>
    public Hash Hash { get; }

    /// <summary>The version of a contract that openings use now, or null.</summary>
    public Contract? Newest(ushort code) => newest.GetValueOrDefault(code);

    /// <summary>One version of a contract, or null. Code 0 is the ledger itself, which has events and no agreements.</summary>
    public Contract? Find(ushort code, ushort version) => code == 0 ? KernelContents.Events : byVersion.GetValueOrDefault((code, version));

    /// <summary>
    /// The same, with those that were in force on the ledger before it: a node decides by each of them up to the block at which the validators voted in the next. It must have every contract
    /// that they have: agreements keep the version that they were opened under.
    /// </summary>
    /// <exception cref="ArgumentException">A contract of an earlier one is missing.</exception>
    public Catalogue After(params ReadOnlySpan<Catalogue> catalogues)
    {
        var all = new Catalogue([.. Contracts]);
        foreach (var one in catalogues)
        {
            foreach (var contract in one.Contracts)
                if (all.Find(contract.Code, contract.Version) != contract) throw new ArgumentException($"Contract {contract.Code} version {contract.Version} was in an earlier catalogue, and is missing.", nameof(catalogues));
            all.earlier.Add(one);
        }
        return all;
    }

    /// <summary>This catalogue, or one of the earlier ones, by its hash; null where none has it.</summary>
    public Catalogue? ByHash(Hash hash)
    {
        if (Hash == hash) return this;
        foreach (var one in earlier)
            if (one.Hash == hash) return one;
        return null;
    }
}
