using System.Runtime.InteropServices;
using WorldModelActors.Media;

namespace WorldModelActors.Cli;

/// <summary>Versions of this software and of what it stands on.</summary>
internal static class Versions
{
    public static string Wma { get; } = typeof(Versions).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public static VersionRecord Current => new(Wma, __version__, Environment.Version.ToString(), RuntimeInformation.OSDescription);
}
