namespace WorldModelActors.Media;

/// <summary>Names from a prompt table become paths; these rules keep them inside the prompt directory.</summary>
internal static class PromptPath
{
    /// <summary>One path segment: no separators, not "." or "..", no control characters.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= 200 && name is not ("." or "..") && !name.Any(c => c is '/' or '\\' || char.IsControl(c));

    /// <summary>One or more such segments, separated by single slashes; not rooted.</summary>
    public static bool IsRelativeFolder(string name) => name.Length <= 1000 && name.Split('/').All(IsFileName);
}
