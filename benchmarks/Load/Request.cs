using System.Text;
using Keten.Kernel.Cbor;

namespace Keten.Bench.Load;

/// <summary>HTTP requests as the bytes that are sent, made before the clock runs.</summary>
internal static class Request
{
    /// <summary>Submits some transactions, awaited until final, answered in the compact form.</summary>
    public static byte[] Submit(Uri node, IReadOnlyList<byte[]> transactions) => Post(node, "v1/transactions?wait=final", transactions);

    /// <summary>Asks for evidence of some records.</summary>
    public static byte[] Proofs(Uri node, IReadOnlyList<byte[]> keys) => Post(node, "v1/proofs", keys);

    private static byte[] Post(Uri node, string path, IReadOnlyList<byte[]> items)
    {
        var writer = new CborWriter(items.Sum(each => each.Length + 5) + 5);
        writer.Array(items.Count);
        foreach (var each in items) writer.Bytes(each);
        var body = writer.ToArray();
        return [.. Head("POST", node, path, $"Accept: application/cbor\r\nContent-Type: application/cbor\r\nContent-Length: {body.Length}\r\n"), .. body];
    }

    /// <summary>Many of them.</summary>
    public static byte[][] Submits(Uri node, byte[][] transactions, int aRequest) => [.. transactions.Chunk(aRequest).Select(some => Submit(node, some))];

    public static byte[] Get(Uri node, string path, string accept) => Head("GET", node, path, $"Accept: {accept}\r\n");

    private static byte[] Head(string method, Uri node, string path, string fields) =>
        Encoding.ASCII.GetBytes($"{method} /{path} HTTP/1.1\r\nHost: {node.Authority}\r\n{fields}\r\n");
}
