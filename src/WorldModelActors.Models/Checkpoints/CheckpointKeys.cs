using System.Globalization;

namespace WorldModelActors.Models;

/// <summary>
/// Finds the tensors in a pickled object as upstream's <c>load_model_checkpoint</c> does: a <c>state_dict</c> entry, else a
/// DeepSpeed <c>module</c> entry whose keys lose their <c>_forward_module.</c>, else the object itself.
/// </summary>
internal static class CheckpointKeys
{
    public const string DeepSpeedPrefix = "_forward_module.";

    private const string OldFpsEmbedding = "framestride_embed";
    private const string FpsEmbedding = "fps_embedding";

    /// <summary>The container, its tensors in order (name, tensor), and the other entries as short texts.</summary>
    public static (CheckpointContainer Container, List<(string Name, PickleTensor Tensor)> Tensors, Dictionary<string, string> Extras) Find(object? root)
    {
        if (root is not PickleDict top)
        {
            throw new CheckpointException($"holds {Describe(root)}, expected a dict of tensors; save model.state_dict() with torch.save");
        }

        var extras = new Dictionary<string, string>(StringComparer.Ordinal);
        var (container, name) = top.TryGet("state_dict", out var inner) && inner is PickleDict
            ? (CheckpointContainer.StateDict, "state_dict")
            : top.TryGet("module", out inner) && inner is PickleDict
                ? (CheckpointContainer.DeepSpeedModule, "module")
                : (CheckpointContainer.Plain, "");
        var dict = container == CheckpointContainer.Plain ? top : (PickleDict)inner!;
        if (dict != top)
        {
            foreach (var (key, value) in top.Pairs)
            {
                if (!Equals(key, name))
                {
                    extras[Describe(key).Trim('\'')] = Describe(value);
                }
            }
        }

        var tensors = new List<(string, PickleTensor)>();
        foreach (var (key, value) in dict.Pairs)
        {
            if (key is not string text || value is not PickleTensor tensor)
            {
                extras[(name.Length == 0 ? "" : name + ".") + Describe(key).Trim('\'')] = Describe(value);
                continue;
            }

            if (container == CheckpointContainer.DeepSpeedModule)
            {
                text = text.StartsWith(DeepSpeedPrefix, StringComparison.Ordinal)
                    ? text
                    : throw new CheckpointException($"has the key '{text}' in its 'module' entry without the prefix '{DeepSpeedPrefix}'; expected a DeepSpeed model-states file (mp_rank_00_model_states.pt)");
            }

            tensors.Add((text, tensor));
        }

        return tensors.Count > 0
            ? (container, tensors, extras)
            : throw new CheckpointException("holds no tensors; expected a checkpoint with 'state_dict' or 'module', or a plain dict of tensors");
    }

    /// <summary>The name that networks use for a stored key.</summary>
    /// <param name="storedName">The key in the file.</param>
    /// <param name="container">Decides about the DeepSpeed prefix.</param>
    /// <param name="exists">Whether the file has another key of this name already (then the old name stays).</param>
    public static string Normalise(string storedName, CheckpointContainer container, Func<string, bool> exists)
    {
        if (container == CheckpointContainer.DeepSpeedModule)
        {
            return storedName[DeepSpeedPrefix.Length..];
        }

        // Upstream retries with the renamed keys when loading fails; no current network has a key of the old name.
        var renamed = storedName.Replace(OldFpsEmbedding, FpsEmbedding, StringComparison.Ordinal);
        return renamed == storedName || exists(renamed) ? storedName : renamed;
    }

    /// <summary>A short text for any pickled value.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool b => b ? "True" : "False",
        string s => s.Length <= 200 ? $"'{s}'" : $"'{s[..197]}...'",
        PickleTensor t => $"tensor {t.Storage.Type.TorchName()} [{string.Join(", ", t.Shape)}]",
        PickleDict d => $"dict of {d.Pairs.Count}",
        PickleList l => $"list of {l.Items.Count}",
        PickleTuple t => $"tuple of {t.Items.Length}",
        PickleGlobal g => g.FullName,
        PickleStorage s => $"storage of {s.Count}",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
