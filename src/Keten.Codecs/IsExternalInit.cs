namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for before it makes a record for netstandard2.0.</summary>
internal static class IsExternalInit;
