namespace Keten.Cli.Terminals;

/// <summary>What an exit code means.</summary>
public static class Exit
{
    /// <summary>Done, and every check held.</summary>
    public const int Ok = 0;

    /// <summary>A check failed, or the ledger refused.</summary>
    public const int Failed = 1;

    /// <summary>The command was used wrongly, or was given a file that is not what it should be.</summary>
    public const int Usage = 2;

    /// <summary>The node does not answer, or has no room.</summary>
    public const int Unreachable = 3;

    /// <summary>A fault of this program.</summary>
    public const int Internal = 4;

    /// <summary>The validators have voted in contracts that this program does not have: install one that has them.</summary>
    public const int Outdated = 5;

    /// <summary>For the help.</summary>
    public const string Words = "0 done, 1 a check failed or the ledger refused, 2 wrong use, 3 the node cannot be reached, 4 a fault of this program, 5 this program is too old for the ledger.";
}

/// <summary>Ends a command with a sentence and an exit code.</summary>
public sealed class ExitException(int code, string sentence) : Exception(sentence)
{
    /// <summary>One of <see cref="Exit"/>.</summary>
    public int Code { get; } = code;

    /// <summary>The command was used wrongly.</summary>
    public static ExitException Usage(string sentence) => new(Exit.Usage, sentence);
}
