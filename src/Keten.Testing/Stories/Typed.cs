using System.Reflection;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>Writes and reads values whose type is known only while a test runs.</summary>
internal static class Typed
{
    private static readonly MethodInfo ReadMethod = typeof(Typed).GetMethod(nameof(ReadAs), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo WriteMethod = typeof(Typed).GetMethod(nameof(WriteAs), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo SignMethod = typeof(Typed).GetMethod(nameof(SignAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>What type a codec is of.</summary>
    public static Type TypeOf(Codec codec)
    {
        for (var type = codec.GetType(); type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Codec<>)) return type.GetGenericArguments()[0];
        throw new StoryException($"{codec.Name} has no type.");
    }

    public static object Read(Codec codec, byte[] bytes) => Invoke(ReadMethod, codec, bytes)!;

    public static byte[] Write(Codec codec, object value) => (byte[])Invoke(WriteMethod, codec, value)!;

    /// <summary>The bytes of a <see cref="Signed{T}"/> over a statement in canonical form.</summary>
    public static byte[] Sign(Codec codec, Hash ledger, Signer signer, byte[] statement) => (byte[])Invoke(SignMethod, codec, ledger, signer, statement)!;

    private static object? Invoke(MethodInfo method, Codec codec, params object[] arguments)
    {
        try
        {
            return method.MakeGenericMethod(TypeOf(codec)).Invoke(null, [codec, .. arguments]);
        }
        catch (TargetInvocationException fault)
        {
            throw new StoryException($"{codec.Name}: {fault.InnerException!.Message}");
        }
    }

    private static object ReadAs<T>(Codec codec, byte[] bytes) where T : notnull => ((Codec<T>)codec).FromBytes(bytes);

    private static byte[] WriteAs<T>(Codec codec, object value) where T : notnull => ((Codec<T>)codec).ToBytes((T)value);

    private static byte[] SignAs<T>(Codec codec, Hash ledger, Signer signer, byte[] statement) where T : notnull
    {
        var writer = new Keten.Kernel.Cbor.CborWriter();
        var typed = (Codec<T>)codec;
        Signed.Write(writer, StatementSigning.Sign(ledger, signer, typed, typed.FromBytes(statement)), typed);
        return writer.ToArray();
    }
}
