namespace WorldModelActors.Models;

/// <summary>How a checkpoint file is serialised (found by its content, whatever its name ends with).</summary>
public enum CheckpointFormat
{
    /// <summary>safetensors.</summary>
    Safetensors,

    /// <summary><c>torch.save</c> zip archive.</summary>
    TorchZip,

    /// <summary><c>torch.save</c> stream of pickles (before PyTorch 1.6, or <c>_use_new_zipfile_serialization=False</c>).</summary>
    TorchLegacy,
}

/// <summary>Where in the file's object the tensors are.</summary>
public enum CheckpointContainer
{
    /// <summary>Names and tensors without anything around them.</summary>
    Plain,

    /// <summary><c>{'state_dict': {key: tensor}, ...}</c>, as Lightning writes.</summary>
    StateDict,

    /// <summary><c>{'module': {'_forward_module.key': tensor}, ...}</c>, a DeepSpeed model-states file.</summary>
    DeepSpeedModule,
}
