using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>What validators vote in: a hash over the numbers, names and forms of every contract. That the code behind them is the same is what the golden vectors pin.</summary>
internal static class CatalogueHash
{
    public static Hash Of(ReadOnlySpan<Contract> contracts)
    {
        var writer = new CborWriter(4096);
        writer.Array(contracts.Length);
        foreach (var contract in contracts)
        {
            writer.Array(7);
            writer.Unsigned(contract.Code);
            writer.Unsigned(contract.Version);
            Write(writer, contract.StateCodec);
            writer.Array(contract.Clauses.Count);
            foreach (var clause in contract.Clauses) Write(writer, (clause.IsExit ? 1UL << 32 : 0) | (ulong)clause.Kind << 16 | clause.Number, clause.ArgumentsCodec);
            writer.Array(contract.Events.Count);
            foreach (var kind in contract.Events) Write(writer, kind.Number, kind.EventCodec);
            writer.Array(contract.Tables.Count);
            foreach (var table in contract.Tables) Write(writer, table.Number, table.ValueCodec);
            writer.Array(contract.Refusals.Count);
            foreach (var refusal in contract.Refusals)
            {
                writer.Array(2);
                writer.Unsigned(refusal.Number);
                writer.Text(refusal.Sentence);
            }
        }
        return Hash.Of(writer.Written);
    }

    private static void Write(CborWriter writer, ulong number, Codec codec)
    {
        writer.Array(2);
        writer.Unsigned(number);
        Write(writer, codec);
    }

    private static void Write(CborWriter writer, Codec codec)
    {
        writer.Array(2);
        writer.Text(codec.Name);
        writer.Array(codec.Fields.Count);
        foreach (var field in codec.Fields)
        {
            writer.Array(5);
            writer.Text(field.Name);
            writer.Unsigned((ulong)field.Kind);
            writer.Unsigned((field.Optional ? 1UL : 0) | (field.List ? 2UL : 0));
            writer.Array(field.Choices.Count);
            foreach (var choice in field.Choices) writer.Text(choice);
            if (field.Of is { } nested) Write(writer, nested);
            else writer.Text(field.To);
        }
    }
}
