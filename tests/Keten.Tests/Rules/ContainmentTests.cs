using Keten.Kernel;
using Keten.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Keten.Tests.Rules;

/// <summary>Rules 31 to 35: what is contained by the compiled code itself, and what a machine must answer before a node starts on it.</summary>
public sealed class ContainmentTests
{
    /// <summary>Rule 34: the contracts that come with Keten are contained.</summary>
    [Fact]
    public void The_built_in_contracts_are_contained() =>
        Assert.Equal([], ContainmentCheck.Run(typeof(global::Keten.Contracts.BuiltIn).Assembly.Location).Select(finding => finding.ToString()));

    /// <summary>Rules 31 to 34: each thing that a contract may not do is found in the compiled code.</summary>
    [Theory]
    [InlineData("static long Bad(long a, long b) => unchecked(a + b);", "wraps")]
    [InlineData("static double Bad(long a) => a / 2.5;", "conv.r8")]
    [InlineData("static decimal Bad(decimal a) => a + 1;", "decimal")]
    [InlineData("static long made;", "can change")]
    [InlineData("static long Bad() { try { return 1; } catch (OverflowException) { return 2; } }", "a catch")]
    [InlineData("static long Bad() { try { return 1; } catch (OverflowException e) when (e.HResult > 0) { return 2; } }", "a catch")]
    [InlineData("static unsafe long Bad(long* p) => *p;", "a pointer")]
    [InlineData("static unsafe long Bad(delegate*<long> f) => f();", "calli")]
    [InlineData("static unsafe long Bad() { byte* p = stackalloc byte[8]; return *p; }", "localloc")]
    [InlineData("static long Bad(long n) => n == 0 ? 0 : Bad(n - 1);", "recursion")]
    [InlineData("static long Bad(long n) => n == 0 ? 0 : Worse(n); static long Worse(long n) => Bad(n);", "recursion")]
    [InlineData("static int Bad(object o) => o.GetHashCode();", "GetHashCode")]
    [InlineData("static string Bad(long n) => n.ToString();", "ToString")]
    [InlineData("static long Bad() => DateTime.UtcNow.Ticks;", "DateTime")]
    [InlineData("static long Bad() => Environment.TickCount64;", "Environment")]
    [InlineData("static long Bad() => new Random(1).Next();", "Random")]
    [InlineData("static void Bad(System.Collections.Generic.List<long> l) => l.Sort();", "Sort")]
    [InlineData("static void Bad() => System.IO.File.Delete(\"x\");", "File")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"c\")] static extern int getpid();", "not IL")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer] internal static void Bad() { }", "module initialiser")]
    public void What_a_contract_may_not_do_is_found(string member, string finding) =>
        Assert.Contains(Findings(member), found => found.What.Contains(finding, StringComparison.Ordinal));

    /// <summary>Rule 34: what a careful contract does is let through.</summary>
    [Fact]
    public void What_a_contract_may_do_is_let_through() => Assert.Equal([], Findings(
        "public record struct Cell(long Value, string Name); static long Good(long a, long b, long[] c) { long sum = 0; for (var i = 0; i < c.Length; i++) sum += c[i]; return checked(a * b) + Math.Min(sum, a); }"));

    /// <summary>Rule 35.</summary>
    [Fact]
    public void This_machine_gives_the_known_answers() => SelfTest.Run();

    private static IReadOnlyList<ContainmentFinding> Findings(string member)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) is "System.Private.CoreLib" or "System.Runtime" or "System.Collections").Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Tried", [CSharpSyntaxTree.ParseText("using System; public class Tried { " + member + " }", new CSharpParseOptions(LanguageVersion.Latest))], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, checkOverflow: true, allowUnsafe: true));
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".dll");
        try
        {
            var result = compilation.Emit(path);
            Assert.True(result.Success, string.Join('\n', result.Diagnostics));
            return ContainmentCheck.Run(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
