using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Keten.Connectors.Json;

namespace Keten.Connectors.Epcis;

/// <summary>
/// EPCIS 2.0 documents in XML, as the JSON-LD that says the same: their events have the same hash IDs. Carried are the events and what users added to them; the header and the wrappings of EPCIS 1
/// are not.
/// </summary>
public static class EpcisXml
{
    private const int DeepestAtMost = 12;

    private static readonly XName Kind = XName.Get("type", "http://www.w3.org/2001/XMLSchema-instance");

    private static readonly Dictionary<string, string> Objects = new(StringComparer.Ordinal)
    {
        ["quantityList"] = "", ["childQuantityList"] = "", ["inputQuantityList"] = "", ["outputQuantityList"] = "",
        ["bizTransactionList"] = "bizTransaction", ["sourceList"] = "source", ["destinationList"] = "destination",
    };

    /// <summary>Reads a document.</summary>
    /// <param name="xml">In any encoding that XML declares. A document type is skipped.</param>
    public static JsonRead<EpcisDocument> Read(ReadOnlyMemory<byte> xml)
    {
        if (xml.Length > EpcisDocument.MaxBytes) return Fault(JsonFaultReason.TooLarge);
        try
        {
            using var stream = new MemoryStream(xml.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            return new EpcisXmlText(XDocument.Load(reader).Root!).Document() is { } json ? EpcisDocument.Read(JsonSerializer.SerializeToUtf8Bytes(json)) : Fault(JsonFaultReason.WrongType);
        }
        catch (XmlException)
        {
            return Fault(JsonFaultReason.NotJson);
        }
    }

    private static JsonRead<EpcisDocument> Fault(JsonFaultReason reason) => new(null, [new JsonFault("", reason)], []);

    private sealed class EpcisXmlText(XElement root)
    {
        private readonly Dictionary<string, string> prefixes = new(StringComparer.Ordinal);

        public JsonObject? Document()
        {
            if (root.Name.LocalName != "EPCISDocument" || root.Element("EPCISBody")?.Element("EventList") is not { } list) return null;
            var events = new JsonArray();
            foreach (var each in list.Elements()) events.Add(Event(each));
            var context = new JsonObject();
            foreach (var (space, prefix) in prefixes) context[prefix] = space;
            return new JsonObject
            {
                ["@context"] = new JsonArray(context), ["type"] = "EPCISDocument", ["schemaVersion"] = (string?)root.Attribute("schemaVersion"), ["creationDate"] = (string?)root.Attribute("creationDate"),
                ["epcisBody"] = new JsonObject { ["eventList"] = events },
            };
        }

        private JsonObject Event(XElement element)
        {
            var told = new JsonObject { ["type"] = element.Name.LocalName };
            foreach (var field in element.Elements())
            {
                var name = field.Name.LocalName;
                if (field.Name.Namespace != XNamespace.None) Extend(told, field, 0);
                else if (name is "epcList" or "childEPCs" or "inputEPCList" or "outputEPCList") told[name] = Texts(field);
                else if (Objects.TryGetValue(name, out var of)) told[name] = List(field, each => of.Length == 0 ? Quantity(each) : Typed(each, of));
                else if (name == "sensorElementList") told[name] = List(field, Sensor);
                else if (name == "persistentDisposition") told[name] = new JsonObject { ["set"] = Texts(field, "set"), ["unset"] = Texts(field, "unset") };
                else if (name is "readPoint" or "bizLocation" or "ilmd" or "errorDeclaration") told[name] = Fields(field);
                else told[name] = field.Value.Trim();
            }
            return told;
        }

        private JsonObject Sensor(XElement element)
        {
            var told = new JsonObject();
            var reports = new JsonArray();
            foreach (var field in element.Elements())
                if (field.Name.Namespace != XNamespace.None) Extend(told, field, 0);
                else if (field.Name.LocalName == "sensorReport") reports.Add(Attributes(field));
                else told[field.Name.LocalName] = Attributes(field);
            if (reports.Count > 0) told["sensorReport"] = reports;
            return told;
        }

        private JsonObject Fields(XElement element)
        {
            var told = new JsonObject();
            foreach (var field in element.Elements())
                if (field.Name.Namespace == XNamespace.None) told[field.Name.LocalName] = field.Value.Trim();
                else Extend(told, field, 0);
            return told;
        }

        private JsonObject Attributes(XElement element)
        {
            var told = new JsonObject();
            foreach (var attribute in element.Attributes())
                if (!attribute.IsNamespaceDeclaration && attribute.Name != Kind)
                    told[attribute.Name.Namespace == XNamespace.None ? attribute.Name.LocalName : Named(attribute.Name)] = attribute.Value.Trim();
            return told;
        }

        // The same name again makes a list of it.
        private void Extend(JsonObject told, XElement field, int depth)
        {
            if (depth > DeepestAtMost) throw new XmlException("Too deep.");
            JsonNode value = field.Value.Trim();
            if (field.HasElements)
            {
                var inner = new JsonObject();
                foreach (var each in field.Elements()) Extend(inner, each, depth + 1);
                value = inner;
            }
            var name = Named(field.Name);
            if (told[name] is JsonArray list) list.Add(value);
            else told[name] = told[name] is { } first ? new JsonArray(first.DeepClone(), value) : value;
        }

        private string Named(XName name)
        {
            if (name.Namespace == XNamespace.None) return name.LocalName;
            if (!prefixes.TryGetValue(name.NamespaceName, out var prefix)) prefixes[name.NamespaceName] = prefix = "n" + prefixes.Count;
            return prefix + ":" + name.LocalName;
        }

        private static JsonObject Quantity(XElement element)
        {
            var told = new JsonObject { ["epcClass"] = element.Element("epcClass")?.Value.Trim() };
            if (decimal.TryParse(element.Element("quantity")?.Value.Trim(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var quantity)) told["quantity"] = quantity;
            if (element.Element("uom") is { } unit) told["uom"] = unit.Value.Trim();
            return told;
        }

        private static JsonObject Typed(XElement element, string of)
        {
            var told = new JsonObject { [of] = element.Value.Trim() };
            if (element.Attribute("type") is { } type) told["type"] = type.Value;
            return told;
        }

        private static JsonArray Texts(XElement element, string? name = null) =>
            new([.. (name is null ? element.Elements() : element.Elements(name)).Select(each => (JsonNode)each.Value.Trim())]);

        private static JsonArray List(XElement element, Func<XElement, JsonObject> read) => new([.. element.Elements().Select(each => (JsonNode)read(each))]);
    }
}
