using System.Reflection;
using Keten.Kernel;

namespace Keten.Tests.Codecs;

/// <summary>Random values of any type that may stand in a record, drawn from a seed.</summary>
internal sealed class Anything(int seed)
{
    private static readonly string[] Texts = ["", "a", "é", "€ 3", new('x', 23), new('y', 24), new('z', 256)];
    private readonly Random random = new(seed);
    private readonly NullabilityInfoContext nullability = new();

    public T Of<T>() => (T)Of(typeof(T))!;

    private object Of(Type type) => Nullable.GetUnderlyingType(type) is { } present ? Of(present)
        : type.IsEnum ? random.GetItems(Enum.GetValues(type).Cast<object>().ToArray(), 1)[0]
        : type == typeof(bool) ? random.Next(2) == 0
        : type == typeof(string) ? random.GetItems(Texts, 1)[0]
        : type.IsPrimitive ? Number(type)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Many<>) ? Many(type.GetGenericArguments()[0])
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Signed<>) ? Signed(type)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Agreement<>)
            ? Activator.CreateInstance(type, (ulong)random.NextInt64(1, long.MaxValue))!
        : type == typeof(Hash) ? new Hash(Bytes(32))
        : type == typeof(Party) ? new Party(Bytes(20))
        : type == typeof(KeyId) ? new KeyId(Bytes(20))
        : type == typeof(PublicKey) ? new PublicKey(Bytes(64))
        : type == typeof(Signature) ? new Signature(Bytes(64))
        : type == typeof(Reference) ? new Reference(Bytes(16))
        : type == typeof(Proof) ? new Proof(Bytes(random.Next(300)))
        : type == typeof(Unit) ? new Unit((uint)random.NextInt64(1, 1L + uint.MaxValue))
        : type == typeof(Amount) ? new Amount(Long() >> 1, Of<Unit>())
        : type == typeof(Instant) ? new Instant(random.NextInt64(0, Instant.Last.Seconds + 1))
        : type == typeof(Rate) ? new Rate(Long())
        : type == typeof(Owner) ? (random.Next(2) == 0 ? Owner.Of(Of<Party>()) : Owner.Of((ulong)random.NextInt64(1, 500)))
        : Record(type);

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(each => each.GetParameters().Length).FirstOrDefault();
        return constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke([.. constructor.GetParameters().Select(Argument)]);
    }

    private object? Argument(ParameterInfo parameter) =>
        nullability.Create(parameter).ReadState == NullabilityState.Nullable && random.Next(2) == 0 ? null : Of(parameter.ParameterType);

    // As often at the edges of its range as within.
    private object Number(Type type)
    {
        var edges = new[] { "MinValue", "MaxValue" }.Select(name => type.GetField(name)!.GetValue(null)!)
            .Append(Convert.ChangeType(random.Next(0, 100), type)).ToArray();
        if (random.Next(2) == 0) return random.GetItems(edges, 1)[0];
        return unchecked(Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => (object)(byte)Long(),
            TypeCode.UInt16 => (ushort)Long(),
            TypeCode.UInt32 => (uint)Long(),
            TypeCode.UInt64 => (ulong)Long(),
            TypeCode.Int16 => (short)Long(),
            TypeCode.Int32 => (int)Long(),
            _ => Long(),
        });
    }

    private long Long() => unchecked((long)BitConverter.ToUInt64(Bytes(8)));

    private object Signed(Type type) =>
        Activator.CreateInstance(type, Of<KeyId>(), Of<Signature>(), Of(type.GetGenericArguments()[0]), default(Party))!;

    private object Many(Type element)
    {
        var items = Array.CreateInstance(element, random.Next(4));
        for (var i = 0; i < items.Length; i++) items.SetValue(Of(element), i);
        return GetType().GetMethod(nameof(ManyOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(element).Invoke(null, [items])!;
    }

    private static Many<T> ManyOf<T>(T[] items) where T : notnull => new(items);

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
