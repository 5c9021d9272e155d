namespace WorldModelActors.Models;

/// <summary>
/// Features of the observation that a head is conditioned on: ResNet-18 trunk and spatial softmax of each image, and the robot
/// state beside them. Keys <c>key_model_map.image.{0,1,4..7}, spatial_softmax</c>.
/// </summary>
internal sealed class ObservationEncoder
{
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetStd = [0.229f, 0.224f, 0.225f];

    private readonly Conv2dLayer _stem;
    private readonly GroupNormLayer _stemNorm;
    private readonly List<ResNetBlock> _blocks = [];
    private readonly SpatialSoftmax _keyPoints;
    private readonly int _steps;
    private readonly int _stateDim;

    public ObservationEncoder(IWeights weights, HeadOptions options)
    {
        _steps = options.NumObsSteps;
        _stateDim = options.ObsStateDim;
        weights.Unused("_dummy_variable", [0]);
        var trunk = weights.Scope("key_model_map.image");
        var channels = options.ResNetPlanes[0];
        _stem = new Conv2dLayer(trunk.Scope("0"), 3, channels, 7, stride: 2, padding: 3, bias: false);
        _stemNorm = ResNetBlock.Norm(trunk.Scope("1"), channels);
        for (var stage = 0; stage < options.ResNetPlanes.Count; stage++)
        {
            var planes = options.ResNetPlanes[stage];
            // Child 2 of the trunk is the activation, 3 the pooling.
            var scope = trunk.Scope($"{stage + 4}");
            _blocks.Add(new ResNetBlock(scope.Scope("0"), channels, planes, stage == 0 ? 1 : 2));
            _blocks.Add(new ResNetBlock(scope.Scope("1"), planes, planes, 1));
            channels = planes;
        }

        // Stem and pooling halve, then every stage but the first.
        var halvings = options.ResNetPlanes.Count + 1;
        var size = (Halve(options.ImageSize.Height, halvings), Halve(options.ImageSize.Width, halvings));
        _keyPoints = new SpatialSoftmax(weights.Scope("spatial_softmax"), channels, options.SpatialSoftmaxKeyPoints, size);
    }

    /// <summary>Width of the features of one observation.</summary>
    public static int FeaturesPerStep(HeadOptions options) => (2 * options.SpatialSoftmaxKeyPoints) + options.ObsStateDim;

    /// <summary>Images [B, 3, n, H, W] in [-1, 1] and normalised states [B, n, S] → features [B, n (2 K + S)].</summary>
    public Tensor Forward(Tensor images, Tensor states)
    {
        if (images.dim() != 5 || images.size(1) != 3 || images.size(2) != _steps)
        {
            throw new ModelInputException($"observation images: expected [B, 3, {_steps}, H, W], got [{string.Join(", ", images.shape)}]");
        }

        if (states.dim() != 3 || states.size(0) != images.size(0) || states.size(1) != _steps || states.size(2) != _stateDim)
        {
            throw new ModelInputException(
                $"observation states: expected [{images.size(0)}, {_steps}, {_stateDim}], got [{string.Join(", ", states.shape)}]");
        }

        using var scope = NewDisposeScope();
        var batch = images.size(0);
        var frames = images.transpose(1, 2).flatten(0, 1);
        var points = _keyPoints.Forward(Trunk(frames)).flatten(1);
        return cat([points, states.flatten(0, 1).to(points.dtype)], 1).view(batch, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Images [N, 3, H, W] in [-1, 1] → trunk features [N, C, H/32, W/32].</summary>
    public Tensor Trunk(Tensor images)
    {
        using var scope = NewDisposeScope();
        // ImageNet constants on [-1, 1] images: so the released heads were trained.
        var mean = tensor(ImageNetMean, [1, 3, 1, 1], device: images.device);
        var std = tensor(ImageNetStd, [1, 3, 1, 1], device: images.device);
        var x = images.to(ScalarType.Float32).sub(mean).div_(std).to(_stem.Type);
        x = F.relu(_stemNorm.Forward(_stem.Forward(x)), inplace: true);
        x = F.max_pool2d(x, 3, 2, 1);
        foreach (var block in _blocks)
        {
            x = block.Forward(x);
        }

        return x.MoveToOuterDisposeScope();
    }

    private static int Halve(int size, int times)
    {
        for (var i = 0; i < times; i++)
        {
            size = (size + 1) / 2;
        }

        return size;
    }
}
