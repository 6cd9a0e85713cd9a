using Keten.Contracts;
using Keten.Kernel;

namespace Consortium;

internal static class Program
{
    // Keten's contracts and our own. A ledger that began with Keten's alone is decided by those up to the block at which its validators vote these in.
    private static readonly Catalogue Contracts = new Catalogue([.. BuiltIn.Catalogue.Contracts, YardPass.Contents]).After(BuiltIn.Catalogue);

    public static Task<int> Main(string[] args) => Keten.Cli.Program.RunAsync(args, Contracts);
}
