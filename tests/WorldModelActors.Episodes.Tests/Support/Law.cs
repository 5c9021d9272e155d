using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Episodes.Tests;

internal static class Law
{
    /// <summary>Checks a law on generated cases, the same ones in every run.</summary>
    public static void Holds<T>(Gen<T> cases, Action<T> law, int count = 100) =>
        Prop.ForAll(cases.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(123456789UL, 987654321UL).WithQuietOnSuccess(true));
}
