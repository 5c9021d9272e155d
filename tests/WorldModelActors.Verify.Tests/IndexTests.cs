using System.Text.Json;

namespace WorldModelActors.Verify.Tests;

/// <summary>What the index says in words is followed, not the names of one set.</summary>
public sealed class IndexTests
{
    private const string What =
        "residual block (t=16,b=1). out: weights model.diffusion_model.input_blocks.4.0 ; out2: weights output_blocks.3.0 (has skip conv). "
        + "out_no_batch_size: temporal conv skipped. tconv_out_b_c_t_h_w: temopral_conv alone of input_blocks.5.0 on x. "
        + "in_*: middle_block.1 (A 256). out_*: output_blocks.10.1. init_attn_out: init_attn.0 (8 heads)";

    [Theory]
    [InlineData("out", "input_blocks.4.0")]
    [InlineData("out2", "output_blocks.3.0")]
    [InlineData("tconv_out_b_c_t_h_w", "input_blocks.5.0")]
    [InlineData("in_*", "middle_block.1")]
    [InlineData("out_*", "output_blocks.10.1")]
    [InlineData("init_attn_out", "init_attn.0")]
    [InlineData("nothing", null)]
    public void Blocks_are_found_behind_their_labels(string label, string? key) => Assert.Equal(key, NetworkMap.Key(What, label));

    [Fact]
    public void Queue_traces_follow_the_protocol_in_the_index()
    {
        using var scope = NewDisposeScope();
        var trace = QueueTrace.Replay(
            "queue_trace row i = contents of queue s (maxlen 3) then a (maxlen 2) after call i; call i appends s=i and a=5+i (a is absent in call 1)", 3);
        Assert.Equal([3L, 5L], trace.shape);
        Assert.Equal([0f, 0, 0, 5, 5, 0, 0, 1, 5, 5, 0, 1, 2, 5, 7], trace.data<float>().ToArray());
    }

    [Fact]
    public void Parameters_are_read_from_json_and_from_metadata()
    {
        using var json = JsonDocument.Parse("""{"S": 8, "eta": 0.5, "perframe_ae": false, "spacing": "quad"}""");
        var ofIndex = GoldenParameters.Of(json.RootElement);
        Assert.Equal((8, 0.5, "quad", false), (ofIndex.Integer("S"), ofIndex.Number("eta"), ofIndex.Required("spacing"), ofIndex.Flag("perframe_ae", absent: true)));
        var ofMetadata = new GoldenParameters(new Dictionary<string, string> { ["perframe_ae"] = "True" });
        Assert.True(ofMetadata.Flag("perframe_ae", absent: false));
        Assert.False(ofMetadata.Flag("zero_pred_state", absent: false));
        Assert.Contains("'S' is not recorded", Assert.Throws<VerifyException>(() => ofMetadata.Integer("S")).Message);
    }

    [Theory]
    [InlineData("wma_forward_other.safetensors", "", typeof(ForwardCheck))]
    [InlineData("rollout_exe1.safetensors", "", typeof(RolloutCheck))]
    [InlineData("tiny/forward.safetensors", "WMAModel.forward", typeof(ForwardCheck))]
    [InlineData("tiny/whole.ckpt", "load_model_checkpoint", typeof(CheckpointFileCheck))]
    [InlineData("tiny/manifest.json", "load_model_checkpoint", typeof(ManifestCheck))]
    [InlineData("prompts/", "-", typeof(PromptsCheck))]
    public void Files_are_told_by_name_or_by_the_references_function(string name, string upstream, Type kind) =>
        Assert.IsType(kind, GoldenChecks.For(new GoldenEntry(name, "", upstream, GoldenParameters.None, [])));
}
