using Keten.Client;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Terminals;

/// <summary>Which exit code and sentence an exception ends a command with.</summary>
internal static class Faults
{
    public static int CodeOf(Exception fault) => fault switch
    {
        ExitException exit => exit.Code,
        KeyFileException or FormatException or MalformedException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or IOException => Exit.Usage,
        OperationCanceledException => Exit.Failed,
        _ => Exit.Internal,
    };

    public static string SentenceOf(Exception fault) => fault switch
    {
        OperationCanceledException => "Stopped.",
        _ when CodeOf(fault) == Exit.Internal => $"A fault of this program ({fault.GetType().Name}): {fault.Message}",
        _ => fault.Message,
    };
}
