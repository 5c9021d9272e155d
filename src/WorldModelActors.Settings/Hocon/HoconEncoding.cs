using System.Text;

namespace WorldModelActors.Settings;

/// <summary>Settings are UTF-8; bytes that are not are an error rather than question marks.</summary>
internal static class HoconEncoding
{
    public static Encoding Strict { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
