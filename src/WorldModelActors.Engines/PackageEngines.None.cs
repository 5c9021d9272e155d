using WorldModelActors.Engine;

namespace WorldModelActors.Engines;

/// <summary>The engines that packages bring: none in the default build.</summary>
internal static class PackageEngines
{
    public static IReadOnlyList<IActorEngine> All => [];
}
