namespace Keten.Node.Api;

/// <summary>Ends a request with a problem from wherever it is noticed.</summary>
public sealed class ProblemException(Problem problem) : Exception
{
    /// <summary>What is answered.</summary>
    public Problem Problem { get; } = problem;
}
