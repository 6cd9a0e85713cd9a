namespace Keten.Kernel.Trees;

/// <summary>Values in chunks that never move, found by number; freed ones are used again. Number 0 is never given: it means "nothing". It does not shrink.</summary>
internal sealed class Pool<T> where T : struct
{
    private const int ChunkBits = 10;
    private readonly Stack<int> freed = new();
    private T[][] chunks = [new T[1 << ChunkBits]];
    private int used = 1;

    public ref T this[int number] => ref chunks[number >> ChunkBits][number & ((1 << ChunkBits) - 1)];

    public int Take()
    {
        if (freed.TryPop(out var number)) return number;
        var chunk = used >> ChunkBits;
        if (chunk == chunks.Length) Array.Resize(ref chunks, 2 * chunk);
        chunks[chunk] ??= new T[1 << ChunkBits];
        return used++;
    }

    public void Give(int number)
    {
        this[number] = default;
        freed.Push(number);
    }
}
