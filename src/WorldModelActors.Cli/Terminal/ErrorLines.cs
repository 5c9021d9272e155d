namespace WorldModelActors.Cli;

/// <summary>Tells on the error stream what is being done, at once and in order.</summary>
internal sealed class ErrorLines : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine("wma: " + value);
}
