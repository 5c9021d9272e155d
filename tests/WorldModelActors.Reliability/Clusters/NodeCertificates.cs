namespace WorldModelActors.Reliability;

/// <summary>An authority and certificates of nodes in a folder, made by the script that users have.</summary>
public sealed class NodeCertificates
{
    private readonly string _folder;

    /// <summary>Makes them.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="nodes">Names of the nodes.</param>
    public NodeCertificates(string folder, params IReadOnlyList<string> nodes)
    {
        _folder = folder;
        var (exit, _, error) = Shell.Run(Path.Combine(RepositoryPaths.Root, "deploy", "akka", "make-certificates.sh"), [folder, .. nodes]);
        if (exit != 0)
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>Variables of the environment that make Akka's connections of a node encrypted.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string node) => new Dictionary<string, string>
    {
        ["WMA_AKKA_CERTIFICATE"] = Path.Combine(_folder, node + ".pem"),
        ["WMA_AKKA_KEY"] = Path.Combine(_folder, node + ".key"),
        ["WMA_AKKA_AUTHORITY"] = Path.Combine(_folder, "authority.pem"),
    };
}
