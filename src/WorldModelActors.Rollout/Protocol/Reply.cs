namespace WorldModelActors.Rollout;

/// <summary>
/// Answer to a request of a device actor: its result or why there is none. A request lends the handles that it carries
/// until it is answered; a result hands over one reference of each handle in it.
/// </summary>
/// <param name="Value">The result, where there is one.</param>
/// <param name="Failure">Otherwise: the cause.</param>
public sealed record Reply<T>(T? Value, Exception? Failure)
    where T : class
{
    public static implicit operator Reply<T>(T value) => new(value, null);

    public static Reply<T> Failed(Exception cause) => new(null, cause);
}
