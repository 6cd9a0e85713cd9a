namespace Keten.Kernel.State;

/// <summary>Keys in byte order: sorted pages of at most 512, and a list of the pages. Adding and removing cost a search and a short move, to millions of keys.</summary>
internal sealed class OrderedKeys
{
    private const int PageAtMost = 512;

    private readonly List<List<byte[]>> pages = [];

    public long Count { get; private set; }

    public void Add(byte[] key)
    {
        if (pages.Count == 0) pages.Add([]);
        var number = PageOf(key);
        var page = pages[number];
        var at = LowerBound(page, key);
        page.Insert(at, key);
        Count++;
        if (page.Count <= PageAtMost) return;
        pages.Insert(number + 1, page.GetRange(PageAtMost / 2, page.Count - PageAtMost / 2));
        page.RemoveRange(PageAtMost / 2, page.Count - PageAtMost / 2);
    }

    public void Remove(byte[] key)
    {
        var number = PageOf(key);
        var page = pages[number];
        page.RemoveAt(LowerBound(page, key));
        Count--;
        if (page.Count == 0) pages.RemoveAt(number);
    }

    /// <summary>The place of the first key from here on.</summary>
    public Place Seek(byte[]? from, bool inclusive)
    {
        if (from is null || pages.Count == 0) return default;
        var number = PageOf(from);
        var at = LowerBound(pages[number], from);
        if (!inclusive && at < pages[number].Count && pages[number][at].AsSpan().SequenceEqual(from)) at++;
        return new Place(number, at);
    }

    /// <summary>The key at a place, which moves on; false after the last.</summary>
    public bool Read(ref Place place, out byte[] key)
    {
        while (place.Page < pages.Count && place.At >= pages[place.Page].Count) place = new Place(place.Page + 1, 0);
        var found = place.Page < pages.Count;
        key = found ? pages[place.Page][place.At] : [];
        place = place with { At = place.At + 1 };
        return found;
    }

    // The last page whose first key is not after this one.
    private int PageOf(byte[] key)
    {
        var (low, high) = (0, pages.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (pages[middle].Count > 0 && pages[middle][0].AsSpan().SequenceCompareTo(key) > 0) high = middle - 1;
            else low = middle;
        }
        return low;
    }

    private static int LowerBound(List<byte[]> page, byte[] key)
    {
        var (low, high) = (0, page.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (page[middle].AsSpan().SequenceCompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public readonly record struct Place(int Page, int At);
}
