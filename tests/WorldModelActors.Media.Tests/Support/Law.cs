using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Media.Tests;

internal static class Law
{
    /// <summary>Checks a law on 100 generated cases, the same ones in every run.</summary>
    public static void Holds<T>(Gen<T> cases, Action<T> law) =>
        Prop.ForAll(cases.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithReplay(123456789UL, 987654321UL).WithQuietOnSuccess(true));
}
