using Keten.Contracts;
using Keten.Kernel;

namespace Keten.Cli.Terminals;

/// <summary>The contracts that this program knows: those that come with Keten, or those of a consortium's own program.</summary>
internal static class Known
{
    private static readonly AsyncLocal<Catalogue?> own = new();

    public static Catalogue Catalogue => own.Value ?? BuiltIn.Catalogue;

    /// <summary>Whether it is a consortium's own program.</summary>
    public static bool IsOwn => own.Value is not null;

    /// <summary>For what the caller runs from here on, and nobody else.</summary>
    public static void Set(Catalogue? contracts) => own.Value = contracts;
}
