using WorldModelActors.Engine;
using WorldModelActors.Engine.Akka;

namespace WorldModelActors.Engines;

/// <summary>The engines that packages bring: Akka.NET in builds with Engine=akka.</summary>
internal static class PackageEngines
{
    public static IReadOnlyList<IActorEngine> All { get; } = [AkkaEngine.Instance];
}
