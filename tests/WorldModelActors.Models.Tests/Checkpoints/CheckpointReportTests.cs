namespace WorldModelActors.Models.Tests.Checkpoints;

[Collection(LiveTensorsCollection.Name)]
public class CheckpointReportTests
{
    [Fact]
    public void Components_cover_every_key_of_the_micro_checkpoint()
    {
        using var checkpoint = Checkpoint.Open(CheckpointFiles.Micro("micro.ckpt"));
        var report = CheckpointReport.Create(checkpoint);
        Assert.Equal(2331, report.Components.Sum(c => c.Keys));
        Assert.Equal(checkpoint.Entries.Sum(e => e.ByteLength), report.Bytes);
        Assert.DoesNotContain(report.Components, c => c.Name == CheckpointComponents.Other);
        Assert.Equal(CheckpointComponents.All.Where(name => name != CheckpointComponents.Other), report.Components.Select(c => c.Name));
        Assert.Equal("3", report.Extras["epoch"]);
        Assert.False(report.HasModel);
    }

    [Fact]
    public void The_demo_checkpoint_fits_its_model_and_no_other()
    {
        var before = Tensor.TotalCount;
        using var checkpoint = Checkpoint.Open(RepositoryFiles.Demo("model.safetensors"));
        var fitting = CheckpointReport.Create(checkpoint, WeightSchema.Of(DemoModel.Options));
        Assert.True(fitting.Fits);
        Assert.Empty(fitting.Misshapen);
        Assert.Empty(fitting.Unknown);
        Assert.Empty(fitting.Missing);

        var other = CheckpointReport.Create(checkpoint, WeightSchema.Of(TinyModel.Options));
        Assert.False(other.Fits);
        Assert.NotEmpty(other.Missing);
        Assert.NotEmpty(other.Misshapen);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Exactly_the_buffers_of_the_demo_checkpoint_are_kept_in_float32()
    {
        using var checkpoint = Checkpoint.Open(RepositoryFiles.Demo("model.safetensors"));

        // The file also keeps the repeated keys of the shared spatial soft-max blocks (4..8) in float32.
        var others = checkpoint.Entries.Where(e => !System.Text.RegularExpressions.Regex.IsMatch(e.Name, @"spatial_softmax_blocks\.[4-8]\.nets"));
        Assert.All(others, e => Assert.Equal(e.Type == ElementType.Float32, CheckpointComponents.IsBuffer(e.Name)));
    }
}
