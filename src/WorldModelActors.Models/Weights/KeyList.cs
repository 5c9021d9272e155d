using System.Text;

namespace WorldModelActors.Models;

/// <summary>Lists of keys in messages: the count by component, then the first ones by name.</summary>
internal static class KeyList
{
    private const int Most = 20;

    /// <summary>Appends a line <c>name (count; component n, ...): key, key, ...</c>; nothing for an empty list.</summary>
    /// <param name="text">Where to append.</param>
    /// <param name="title">What the keys are.</param>
    /// <param name="names">Full keys.</param>
    /// <param name="details">How each key is shown; the keys themselves by default.</param>
    public static void Append(StringBuilder text, string title, IEnumerable<string> names, IEnumerable<string>? details = null)
    {
        var keys = names.ToList();
        if (keys.Count == 0)
        {
            return;
        }

        text.Append($"\n  {title} ({keys.Count}");
        if (keys.Count > Most)
        {
            text.Append("; ").AppendJoin(", ", keys.GroupBy(CheckpointComponents.Of).Select(g => $"{g.Key} {g.Count()}"));
        }

        text.Append("): ").AppendJoin(", ", (details ?? keys).Take(Most));
        if (keys.Count > Most)
        {
            text.Append($", ... and {keys.Count - Most} more");
        }
    }
}
