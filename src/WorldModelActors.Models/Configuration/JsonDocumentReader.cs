using System.Text.Json;

namespace WorldModelActors.Models;

/// <summary>Reads JSON into the same tree as YAML.</summary>
internal static class JsonDocumentReader
{
    /// <exception cref="ConfigurationException">The text is not valid JSON.</exception>
    public static ConfigNode Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip });
            return Node(document.RootElement, "");
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"line {(e.LineNumber ?? 0) + 1}: is not valid JSON", e);
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException("is not valid JSON: a text is not valid UTF-16", e);
        }
    }

    private static ConfigNode Node(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new ConfigMap(path);
                foreach (var property in element.EnumerateObject())
                {
                    var value = Node(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
                    if (!map.TryAdd(property.Name, value))
                    {
                        throw new ConfigurationException($"the key '{value.Path}' occurs twice");
                    }
                }

                return map;
            case JsonValueKind.Array:
                var list = new ConfigList(path);
                foreach (var item in element.EnumerateArray())
                {
                    list.Items.Add(Node(item, $"{path}[{list.Items.Count}]"));
                }

                return list;
            default:
                return new ConfigScalar(path, element.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Null => null,
                    JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
                    _ => element.GetString(),
                });
        }
    }
}
