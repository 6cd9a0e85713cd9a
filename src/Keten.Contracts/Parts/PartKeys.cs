using Keten.Contracts.Vehicles;

namespace Keten.Contracts.Parts;

/// <summary>An article as the key of a record.</summary>
public readonly record struct GtinKey(ulong Gtin);

/// <summary>A batch as the key of a record.</summary>
public readonly record struct BatchKey(uint Number);

/// <summary>A range of serials that count, by its last.</summary>
public readonly record struct RangeKey(ulong Gtin, ulong Last);

/// <summary>An alarm as the key of a record.</summary>
public readonly record struct AlarmKey(uint Number);

/// <summary>A step of a part, or a document of it.</summary>
public readonly record struct StepKey(ulong Gtin, ulong First, ulong Next, uint Last, uint Number)
{
    /// <summary>The step of that number.</summary>
    public static StepKey Of(PartKey part, uint number) => new(part.Gtin, part.First, part.Next, part.Last, number);
}

/// <summary>Parts of a batch in a part.</summary>
public readonly record struct InsideKey(ulong Gtin, ulong First, ulong Next, uint Last, uint Batch)
{
    /// <summary>Of that batch in that part.</summary>
    public static InsideKey Of(PartKey part, uint batch) => new(part.Gtin, part.First, part.Next, part.Last, batch);

    /// <summary>Whether it is in that part.</summary>
    public bool IsIn(PartKey part) => Gtin == part.Gtin && First == part.First && Next == part.Next && Last == part.Last;
}

/// <summary>Parts of a batch in a vehicle.</summary>
public readonly record struct HoldingKey(uint Batch, ulong First, ulong Next, byte Last)
{
    /// <summary>Of that batch in that vehicle.</summary>
    public static HoldingKey Of(uint batch, VinKey vehicle) => new(batch, vehicle.First, vehicle.Next, vehicle.Last);
}

/// <summary>A part in a vehicle.</summary>
public readonly record struct FitKey(ulong VinFirst, ulong VinNext, byte VinLast, ulong Gtin, ulong First, ulong Next, uint Last)
{
    /// <summary>That part in that vehicle.</summary>
    public static FitKey Of(VinKey vehicle, PartKey part) => new(vehicle.First, vehicle.Next, vehicle.Last, part.Gtin, part.First, part.Next, part.Last);
}
