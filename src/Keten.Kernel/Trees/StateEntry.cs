namespace Keten.Kernel.Trees;

/// <summary>One record of the state: the hash of its key and the hash of its value.</summary>
public readonly record struct StateEntry(Hash Key, Hash Value);

/// <summary>What becomes of one key: the hash of its new value, or none where the record is removed.</summary>
public readonly record struct StateChange(Hash Key, Hash Value);
