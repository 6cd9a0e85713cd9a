using Keten.Kernel.Cbor;

namespace Keten.Tests.Cbor;

internal static class Rewrite
{
    /// <summary>Reads one item of any kind and writes it anew.</summary>
    public static void Item(ref CborReader reader, CborWriter writer)
    {
        switch (reader.Peek())
        {
            case CborKind.Unsigned:
                writer.Unsigned(reader.Unsigned());
                break;
            case CborKind.Negative:
                writer.Integer(reader.Integer());
                break;
            case CborKind.Bytes:
                writer.Bytes(reader.Bytes());
                break;
            case CborKind.Text:
                writer.Text(reader.Text(int.MaxValue));
                break;
            case CborKind.Array:
                var items = reader.Array(int.MaxValue);
                writer.Array(items);
                while (items-- > 0) Item(ref reader, writer);
                break;
            case CborKind.Map:
                var pairs = reader.Map(int.MaxValue);
                writer.Map(pairs);
                for (var i = 0; i < 2 * pairs; i++) Item(ref reader, writer);
                break;
            case CborKind.Tag:
                writer.Tag(reader.Tag());
                Item(ref reader, writer);
                break;
            default:
                if (reader.TryNull()) writer.Null();
                else writer.Boolean(reader.Boolean());
                break;
        }
    }
}
