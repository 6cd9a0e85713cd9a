using Keten.Client;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Terminals;

/// <summary>Which exit code and sentence an exception ends a command with.</summary>
internal static class Faults
{
    public static int CodeOf(Exception fault) => fault switch
    {
        ExitException exit => exit.Code,
        _ when Missing(fault) is not null => Exit.Outdated,
        KeyFileException or FormatException or MalformedException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or IOException => Exit.Usage,
        ProblemException => Exit.Failed,
        UnreachableException => Exit.Unreachable,
        OperationCanceledException => Exit.Failed,
        _ => Exit.Internal,
    };

    /// <summary>What the program lacks, where that is why something stopped.</summary>
    public static CatalogueMissingException? Missing(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
            if (fault is CatalogueMissingException missing) return missing;
        return null;
    }

    public static string SentenceOf(Exception fault) => fault switch
    {
        OperationCanceledException => "Stopped.",
        _ when Missing(fault) is { } missing => missing.Message,
        _ when CodeOf(fault) == Exit.Internal => $"A fault of this program ({fault.GetType().Name}): {fault.Message}",
        _ => fault.Message,
    };
}
