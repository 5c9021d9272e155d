using System.Reflection;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry.Tests;

public sealed class ObserverGroupTests
{
    /// <summary>A method that the group does not pass on would be the interface's empty default, silently.</summary>
    [Fact]
    public void Everything_that_can_be_told_is_passed_on()
    {
        var map = typeof(ObserverGroup).GetInterfaceMap(typeof(IRolloutObserver));

        Assert.All(map.TargetMethods, method => Assert.Equal(typeof(ObserverGroup), method.DeclaringType));
    }

    [Fact]
    public void Every_observer_is_told_in_order()
    {
        var told = new List<string>();
        var observers = Enumerable.Range(0, 2).Select(i => DispatchProxy.Create<IRolloutObserver, Recorder>()).ToList();
        for (var i = 0; i < 2; i++)
            ((Recorder)(object)observers[i]).Told = (i, told);
        var group = new ObserverGroup(observers);

        foreach (var method in typeof(IRolloutObserver).GetMethods())
            method.Invoke(group, [.. method.GetParameters().Select(p => Value(p.ParameterType))]);

        Assert.Equal(typeof(IRolloutObserver).GetMethods().SelectMany(m => new[] { $"0 {m.Name}", $"1 {m.Name}" }), told);
    }

    private static object? Value(Type type)
    {
        var plain = type.IsByRef ? type.GetElementType()! : type;
        return plain.IsValueType ? Activator.CreateInstance(plain) : null;
    }

    public class Recorder : DispatchProxy
    {
        public (int Number, List<string> List) Told { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Told.List.Add($"{Told.Number} {targetMethod!.Name}");
            return null;
        }
    }
}
