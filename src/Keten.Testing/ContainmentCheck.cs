using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Keten.Testing;

/// <summary>One thing in compiled code that a contract may not do.</summary>
/// <param name="Where">The type and method.</param>
/// <param name="What">What is not allowed.</param>
public sealed record ContainmentFinding(string Where, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {What}";
}

/// <summary>
/// The second net of determinism: reads the compiled IL of contracts, and refuses what is not on its lists. It sees through whatever the source looked like.
/// What the generator and the compiler write is let through where it stands, and its hash codes and texts may not be called by what people write.
/// </summary>
public static class ContainmentCheck
{
    private static readonly HashSet<Code> Refused =
    [
        Code.Calli, Code.Jmp, Code.Localloc, Code.Cpblk, Code.Initblk, Code.Cpobj, Code.Arglist, Code.Mkrefany, Code.Refanyval, Code.Refanytype, Code.Ldvirtftn, Code.Rethrow,
        Code.Ldc_R4, Code.Ldc_R8, Code.Conv_R4, Code.Conv_R8, Code.Conv_R_Un, Code.Ldelem_R4, Code.Ldelem_R8, Code.Stelem_R4, Code.Stelem_R8, Code.Ldind_R4, Code.Ldind_R8,
        Code.Stind_R4, Code.Stind_R8, Code.Ckfinite, Code.Endfilter, Code.Volatile, Code.Unaligned,
    ];

    private static readonly HashSet<Code> Wrapping = [Code.Add, Code.Sub, Code.Mul, Code.Conv_I1, Code.Conv_I2, Code.Conv_I4, Code.Conv_U1, Code.Conv_U2, Code.Conv_U4];

    private static readonly HashSet<string> Floating = ["System.Single", "System.Double", "System.Decimal", "System.Half"];

    // Of the platform, what is pure, bounded and alike on every machine. Everything of a type, or of a type one member.
    private static readonly HashSet<string> Allowed =
    [
        "System.Object::.ctor", "System.String::get_Length", "System.String::get_Chars", "System.String::op_Equality", "System.String::op_Inequality", "System.Math", "System.Int128", "System.UInt128",
        "System.ReadOnlySpan`1", "System.ReadOnlySpan`1/Enumerator", "System.Span`1", "System.Span`1/Enumerator", "System.Enum::HasFlag", "System.Array::Resize", "System.Nullable`1::get_HasValue", "System.Nullable`1::get_Value", "System.Nullable`1::GetValueOrDefault", "System.Nullable`1::.ctor",
        "System.MemoryExtensions::AsSpan", "System.ValueTuple`2::.ctor", "System.ValueTuple`3::.ctor", "System.ValueTuple`4::.ctor", "System.ValueTuple`5::.ctor", "System.Array::Empty", "System.Func`1",
        "System.Func`2", "System.Func`3", "System.Buffers.Binary.BinaryPrimitives", "System.Collections.Generic.List`1::.ctor", "System.Collections.Generic.List`1::Add",
        "System.Collections.Generic.List`1::get_Count", "System.Collections.Generic.List`1::get_Item", "System.Collections.Generic.List`1::set_Item", "System.Collections.Generic.List`1::ToArray",
        "System.Collections.Generic.List`1::Clear", "System.Collections.Generic.List`1::GetEnumerator", "System.Collections.Generic.List`1/Enumerator", "System.IDisposable::Dispose",
        "System.ArgumentException::.ctor", "System.ArgumentOutOfRangeException::.ctor", "System.InvalidOperationException::.ctor", "System.OverflowException::.ctor", "System.IEquatable`1::Equals",
        "System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray", "System.Runtime.CompilerServices.RuntimeHelpers::CreateSpan", "System.Runtime.CompilerServices.InlineArray",
        "System.Int32::CompareTo", "System.Int64::CompareTo", "System.UInt64::CompareTo", "System.UInt32::CompareTo", "System.IComparable`1::CompareTo",
    ];

    /// <summary>Reads an assembly of contracts; empty where all of it is contained.</summary>
    /// <exception cref="BadImageFormatException">It is no assembly.</exception>
    public static IReadOnlyList<ContainmentFinding> Run(string assemblyPath) => Run(assemblyPath, static _ => true);

    /// <summary>Reads those outer types of an assembly that are asked for, with what they nest: a host's contracts, without its host.</summary>
    public static IReadOnlyList<ContainmentFinding> Run(string assemblyPath, Func<string, bool> outerType)
    {
        ArgumentNullException.ThrowIfNull(outerType);
        using var assembly = AssemblyDefinition.ReadAssembly(assemblyPath);
        var findings = new List<ContainmentFinding>();
        foreach (var type in assembly.MainModule.Types)
        {
            if (string.Equals(type.Name, "<Module>", StringComparison.Ordinal))
            {
                if (type.Methods.Count > 0) findings.Add(new ContainmentFinding("module", "a module initialiser runs before anything is checked"));
            }
            else if (!IsWritten(type) && outerType(type.FullName)) Check(type, findings);
        }
        Recursion.Find(assembly.MainModule.Types.Where(type => !IsWritten(type) && outerType(type.FullName)), findings);
        return findings;
    }

    private static void Check(TypeDefinition type, List<ContainmentFinding> findings)
    {
        foreach (var field in type.Fields)
        {
            if (field.IsStatic && !field.IsInitOnly && !field.IsLiteral && !IsOfCompiler(type) && !IsOfCompiler(field))
                findings.Add(new ContainmentFinding(field.FullName, "a static field that can change"));
            if (Floating.Contains(field.FieldType.FullName)) findings.Add(new ContainmentFinding(field.FullName, "a float or a decimal"));
        }
        foreach (var method in type.Methods)
        {
            if (method.IsPInvokeImpl || method.IsNative) findings.Add(new ContainmentFinding(method.FullName, "code that is not IL"));
            if (method.HasBody && !IsOfCompiler(method)) Check(method, findings);
        }
        foreach (var nested in type.NestedTypes)
            if (!IsWritten(nested)) Check(nested, findings);
    }

    private static void Check(MethodDefinition method, List<ContainmentFinding> findings)
    {
        void Found(string what) => findings.Add(new ContainmentFinding(method.FullName, what));
        foreach (var handler in method.Body.ExceptionHandlers)
            if (handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter) Found("a catch: the kernel turns a fault into a refusal");
        if (method.ReturnType.IsPointer || method.Parameters.Any(parameter => parameter.ParameterType.IsPointer)) Found("a pointer");
        foreach (var local in method.Body.Variables)
        {
            if (local.VariableType.IsPointer || local.IsPinned) Found("a pointer");
            if (Floating.Contains(local.VariableType.FullName)) Found("a float or a decimal");
        }
        foreach (var instruction in method.Body.Instructions)
        {
            var code = instruction.OpCode.Code;
            if (Refused.Contains(code)) Found($"the instruction {instruction.OpCode.Name}");
            if (Wrapping.Contains(code) && !IsOfLoop(instruction) && !IsOfRange(instruction) && !IsOfPlace(instruction)) Found($"arithmetic that wraps: {instruction.OpCode.Name}");
            if (code == Code.Stsfld && instruction.Operand is FieldReference field && !method.IsConstructor && !field.Name.Contains('<', StringComparison.Ordinal)) Found($"a write to {field.FullName}");
            if (instruction.Operand is MethodReference called) Check(called, Found);
        }
    }

    // What the compiler writes for a loop over an array or a span: an index that steps by one below a length, and that length as an int.
    private static bool IsOfLoop(Instruction instruction) =>
        (instruction.OpCode.Code == Code.Conv_I4 && instruction.Previous?.OpCode.Code == Code.Ldlen)
        || (instruction.OpCode.Code == Code.Add && instruction.Previous?.OpCode.Code == Code.Ldc_I4_1
            && instruction.Next?.OpCode.Code is Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3 or Code.Stloc_S or Code.Stloc);

    // What the compiler writes to see whether a value is within bounds, and for a switch: less the lower bound, then compared without sign.
    private static bool IsOfRange(Instruction instruction)
    {
        if (instruction.OpCode.Code != Code.Sub || !IsConstant(instruction.Previous)) return false;
        var next = instruction.Next;
        if (next?.OpCode.Code == Code.Switch) return true;
        return IsConstant(next) && next?.Next?.OpCode.Code is Code.Ble_Un or Code.Ble_Un_S or Code.Bgt_Un or Code.Bgt_Un_S or Code.Cgt_Un or Code.Clt_Un or Code.Blt_Un or Code.Blt_Un_S or Code.Bge_Un or Code.Bge_Un_S;
    }

    // What the compiler writes for a place counted from the end, and for a slice: below nothing it faults where it is used.
    private static bool IsOfPlace(Instruction instruction) => instruction.OpCode.Code == Code.Sub
        && (instruction.Next?.Operand is MethodReference { Name: "get_Item" or "get_Chars" or "Slice" }
            || (IsConstant(instruction.Previous) && instruction.Previous.Previous?.Operand is MethodReference { Name: "get_Length" or "get_Count" }));

    private static bool IsConstant(Instruction? instruction) => instruction?.OpCode.Code is >= Code.Ldc_I4_M1 and <= Code.Ldc_I8;

    private static void Check(MethodReference called, Action<string> found)
    {
        var owner = called.DeclaringType.GetElementType().FullName;
        if (called.Name is "GetHashCode" or "ToString") found($"a call of {owner}.{called.Name}, which differs by process or is for people");
        if (Floating.Contains(called.ReturnType.FullName) || called.Parameters.Any(parameter => Floating.Contains(parameter.ParameterType.FullName))) found($"a float or a decimal: {called.FullName}");
        if (called.DeclaringType.Scope is AssemblyNameReference { Name: not ("Keten.Kernel" or "Keten.Contracts") } && !called.DeclaringType.IsArray
            && !Allowed.Contains(owner) && !Allowed.Contains(owner + "::" + called.Name) && called.Name is not ("GetHashCode" or "ToString"))
            found($"{owner}.{called.Name} is not on the list of what a contract may use");
    }

    // What the generator of codecs writes, and the compiler's holders of constants.
    private static bool IsWritten(TypeDefinition type) =>
        type.Name is "Codecs" || type.Name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal) || type.Namespace is "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis";

    // A record's own members, and the compiler's caches of lambdas.
    private static bool IsOfCompiler(IMemberDefinition member) =>
        (member is FieldDefinition or MethodDefinition or TypeDefinition && member.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute")
            && !(member is MethodDefinition { IsConstructor: false } method && method.Name.Contains("g__", StringComparison.Ordinal)))
        || member is FieldDefinition { Name: ['<', ..] };

    /// <summary>Methods of the checked types that call themselves, straight or round: a stack overflow cannot be caught, and kills every node.</summary>
    private static class Recursion
    {
        public static void Find(IEnumerable<TypeDefinition> types, List<ContainmentFinding> findings)
        {
            var calls = new Dictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (var type in types) Gather(type, calls);
            var state = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (var method in calls.Keys) Visit(method, calls, state, findings);
        }

        private static void Gather(TypeDefinition type, Dictionary<string, List<string>> calls)
        {
            foreach (var method in type.Methods)
                if (method.HasBody && !IsOfCompiler(method))
                    calls[method.FullName] = [.. method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>().Select(called => called.GetElementMethod().FullName)];
            foreach (var nested in type.NestedTypes)
                if (!IsWritten(nested)) Gather(nested, calls);
        }

        private static void Visit(string method, Dictionary<string, List<string>> calls, Dictionary<string, bool> state, List<ContainmentFinding> findings)
        {
            if (!calls.TryGetValue(method, out var called) || state.ContainsKey(method)) return;
            state[method] = false;
            foreach (var next in called)
            {
                if (state.TryGetValue(next, out var done) && !done) findings.Add(new ContainmentFinding(method, $"recursion through {next}"));
                else Visit(next, calls, state, findings);
            }
            state[method] = true;
        }
    }
}
