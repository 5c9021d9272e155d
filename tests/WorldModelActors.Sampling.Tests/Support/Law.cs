using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Sampling.Tests;

/// <summary>Property tests with a fixed seed.</summary>
internal static class Law
{
    public static void Holds<T>(Gen<T> generator, Action<T> law, int count = 100) =>
        Prop.ForAll(generator.ToArbitrary(), value => law(value))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20260728, 4711));
}
