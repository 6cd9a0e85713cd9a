using Microsoft.CodeAnalysis;

namespace Keten.Codecs;

/// <summary>What a contract can get wrong that the compiler then says. Described for people in docs/codecs.md.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor NoForm = Error("KTN001", "A field has no canonical form", "{0} has no canonical form: {1}");
    public static readonly DiagnosticDescriptor TooDeep = Error("KTN002", "A record contains itself, or is nested too deep", "{0}: {1}");
    public static readonly DiagnosticDescriptor NoKey = Error("KTN003", "A key has no fixed, ordered form", "{0} cannot be in a key: {1}");
    public static readonly DiagnosticDescriptor NameTaken = Error(
        "KTN004", "Two codecs would have one name", "Two codecs of {0} would be called {1}: rename a record");

    public static readonly DiagnosticDescriptor RefusalTwice = Error("KTN010", "Two refusals have one number", "{0} refuses with number {1} already");
    public static readonly DiagnosticDescriptor RefusalUnsaid = Error(
        "KTN011", "A refusal is one sentence", "A refusal says one sentence, which ends with a full stop");
    public static readonly DiagnosticDescriptor TableTwice = Error("KTN012", "Two tables have one number", "{0} has a table {1} already");
    public static readonly DiagnosticDescriptor Contents = Error("KTN013", "The contents page is not complete", "{0}");
    public static readonly DiagnosticDescriptor Caught = Error(
        "KTN014", "A contract catches nothing", "A contract catches no exception: the kernel turns a fault into a refusal");
    public static readonly DiagnosticDescriptor Sequence = Error(
        "KTN015", "A loop runs over a bounded sequence", "A contract loops over kernel sequences, lists of a record, arrays and spans; {0} is none");

    public static readonly DiagnosticDescriptor Endless = new(
        "KTN016", "A loop has an end", "This loop has no end in its head: count down, or page with a wake-up",
        "Keten", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Keten", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
