using System.Text;

namespace WorldModelActors.Settings;

/// <summary>Writes values as HOCON that reads back as the same values.</summary>
public static class HoconRenderer
{
    /// <summary>An object is written without outer braces, one key a line.</summary>
    public static string Render(HoconValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder();
        if (value is HoconObject root)
        {
            RenderFields(root, text, string.Empty);
        }
        else
        {
            Render(value, text, string.Empty);
        }

        return text.ToString();
    }

    private static void Render(HoconValue value, StringBuilder text, string indent)
    {
        switch (value)
        {
            case HoconScalar scalar:
                text.Append(scalar.IsNull ? "null" : HoconPath.IsPlain(scalar.Text) ? scalar.Text : HoconPath.Quote(scalar.Text));
                break;
            case HoconArray array:
                text.Append('[');
                for (var i = 0; i < array.Items.Count; i++)
                {
                    text.Append(i == 0 ? string.Empty : ", ");
                    Render(array.Items[i], text, indent);
                }

                text.Append(']');
                break;
            case HoconObject it:
                text.Append("{\n");
                RenderFields(it, text, indent + "  ");
                text.Append(indent).Append('}');
                break;
        }
    }

    private static void RenderFields(HoconObject it, StringBuilder text, string indent)
    {
        foreach (var (key, value) in it.Fields)
        {
            text.Append(indent).Append(HoconPath.RenderElement(key)).Append(" = ");
            Render(value, text, indent);
            text.Append('\n');
        }
    }
}
