using Xunit.Abstractions;
using Xunit.Sdk;

namespace Keten.Tests.Log;

/// <summary>The program of a server that a class of tests needs: without it they are skipped, and say so.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(string program) : Attribute
{
    public string Program { get; } = program;
}

/// <summary>A fact that several engines share: it is skipped for one whose server is not installed.</summary>
[XunitTestCaseDiscoverer("Keten.Tests.Log.EngineFactDiscoverer", "Keten.Tests")]
public sealed class EngineFactAttribute : FactAttribute;

public sealed class EngineFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new EngineTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

public sealed class EngineTestCase : XunitTestCase
{
    [Obsolete("For the deserializer.", error: true)]
    public EngineTestCase() { }

    public EngineTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod method) : base(diagnostics, display, displayOptions, method) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        foreach (var needs in TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)))
        {
            var program = needs.GetNamedArgument<string>(nameof(NeedsAttribute.Program));
            if (Programs.Find(program) is null) return $"{program} is not installed.";
        }
        return base.GetSkipReason(factAttribute);
    }
}
