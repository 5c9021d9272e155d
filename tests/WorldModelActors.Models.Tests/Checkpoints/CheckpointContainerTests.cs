namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>How the containers around the tensors are taken off.</summary>
public class CheckpointContainerTests
{
    [Fact]
    public void A_deepspeed_module_loses_sixteen_characters_of_every_key()
    {
        Open(["module"], "_forward_module.framestride_embed.0.bias", checkpoint =>
        {
            Assert.Equal(CheckpointContainer.DeepSpeedModule, checkpoint.Container);
            Assert.Equal("framestride_embed.0.bias", Assert.Single(checkpoint.Entries).Name);
        });
    }

    [Fact]
    public void A_state_dict_wins_over_a_module_and_a_plain_dict_is_read_as_it_is()
    {
        Open(["module", "state_dict"], "framestride_embed.0.bias", checkpoint =>
        {
            Assert.Equal(CheckpointContainer.StateDict, checkpoint.Container);
            Assert.Equal("fps_embedding.0.bias", Assert.Single(checkpoint.Entries).Name);
            Assert.Equal("dict of 1", checkpoint.Extras["module"]);
        });
        Open([], "x", checkpoint =>
        {
            Assert.Equal(CheckpointContainer.Plain, checkpoint.Container);
            Assert.Equal("x", Assert.Single(checkpoint.Entries).Name);
        });
    }

    [Fact]
    public void Values_that_are_no_tensors_are_listed_beside_the_entries()
    {
        var pickle = new PickleBytes().Op("}").Text("state_dict").Op("}")
            .Text("w").Tensor("0", "FloatStorage", 1, 0, [1], [1]).Op("s").Text("version").Int(3).Op("ss").Stop();
        CheckpointFiles.Temporary(PickleBytes.Archive(pickle, new() { ["0"] = new byte[4] }), path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            Assert.Equal("w", Assert.Single(checkpoint.Entries).Name);
            Assert.Equal("3", checkpoint.Extras["state_dict.version"]);
        });
    }

    private static void Open(string[] containers, string key, Action<Checkpoint> use)
    {
        var pickle = new PickleBytes().Op("}");
        foreach (var container in containers)
        {
            pickle.Text(container).Op("}").Text(key).Tensor("0", "FloatStorage", 1, 0, [1], [1]).Op("ss");
        }

        if (containers.Length == 0)
        {
            pickle.Text(key).Tensor("0", "FloatStorage", 1, 0, [1], [1]).Op("s");
        }

        CheckpointFiles.Temporary(PickleBytes.Archive(pickle.Stop(), new() { ["0"] = new byte[4] }), path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            use(checkpoint);
        });
    }
}
