namespace Keten.Testing;

/// <summary>A story went otherwise than it was told, or was not told as a story must be. Thrown by the kit whatever test framework runs it.</summary>
public sealed class StoryException(string message) : Exception(message);
