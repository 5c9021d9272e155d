namespace WorldModelActors.Models;

/// <summary>An evaluation that takes the backbone's features one by one, as they come.</summary>
internal sealed partial class ConditionalUnet1D
{
    /// <summary>Begins an evaluation.</summary>
    /// <param name="sample">Noisy actions or states [B, T, 16].</param>
    /// <param name="timesteps">[B], 0..999 as they are.</param>
    /// <param name="observation">Result of <see cref="EncodeObservation"/>.</param>
    public Pass Begin(Tensor sample, Tensor timesteps, Tensor observation)
    {
        if (sample.dim() != 3 || sample.size(1) != _options.Horizon || sample.size(2) != _options.InputDim)
        {
            throw new ModelInputException($"action/state sample: expected [B, {_options.Horizon}, {_options.InputDim}], got [{string.Join(", ", sample.shape)}]");
        }

        return new Pass(this, sample, timesteps, observation);
    }

    /// <summary>Owns what it holds between two features, whatever dispose scopes are open.</summary>
    public sealed class Pass : IDisposable
    {
        private readonly ConditionalUnet1D _head;
        private readonly long[] _shape;
        private readonly Tensor _perStep;
        private readonly Stack<Tensor> _skips = new();
        private Tensor _x;
        private int _fed;

        internal Pass(ConditionalUnet1D head, Tensor sample, Tensor timesteps, Tensor observation)
        {
            using var scope = NewDisposeScope();
            _head = head;
            _shape = sample.shape;
            var (batch, steps, rows) = (_shape[0], _shape[1], _shape[0] * _shape[1]);
            var perSample = cat([head.EmbedStep(timesteps), observation], 1);
            _perStep = perSample.unsqueeze(1).expand(batch, steps, perSample.size(1)).reshape(rows, perSample.size(1));
            var scalars = sample.to(head._projectIn.Type).reshape(rows, _shape[2], 1);
            _x = head._normIn.Forward(head._projectIn.Forward(scalars));
            _perStep.DetachFromDisposeScope();
            _x.DetachFromDisposeScope();
        }

        /// <summary>The next of <see cref="FeatureCount"/> features [B T, C, h, w], frame-folded.</summary>
        public void Feed(Tensor feature)
        {
            using var scope = NewDisposeScope();
            var stages = _head._down.Length;
            var index = _fed++;
            var condition = F.mish(cat([_perStep, _head.FeatureKeyPoints(index, feature).flatten(1)], 1));
            if (index < stages)
            {
                var stage = _head._down[index];
                var x = stage.Block1.Forward(stage.Block0.Forward(_x, condition), condition);
                _skips.Push(x.alias().DetachFromDisposeScope());
                Replace(stage.Downsample is { } down ? F.conv1d(x, down.Weight, down.Bias, stride: 2, padding: 1) : x.alias());
            }
            else if (index == stages)
            {
                Replace(_head._middle.Aggregate(_x, (x, block) => block.Forward(x, condition)));
            }
            else
            {
                var stage = _head._up[index - stages - 1];
                using var skip = _skips.Pop();
                var x = stage.Block1.Forward(stage.Block0.Forward(cat([_x, skip], 1), condition), condition);
                Replace(stage.Upsample is { } up ? F.conv_transpose1d(x, up.Weight, up.Bias, stride: 2, padding: 1) : x.alias());
            }
        }

        /// <summary>The noise [B, T, 16], once all features were fed.</summary>
        public Tensor Finish()
        {
            if (_fed != _head.FeatureCount)
            {
                throw new ModelInputException($"a head reads {_head.FeatureCount} features of the backbone, got {_fed}");
            }

            using var scope = NewDisposeScope();
            var x = F.conv1d(_head._finalBlock.Forward(_x), _head._final.Weight, _head._final.Bias);
            return _head._projectOut.Forward(_head._normOut.Forward(x)).view(_shape).MoveToOuterDisposeScope();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _perStep.Dispose();
            _x.Dispose();
            while (_skips.TryPop(out var skip))
            {
                skip.Dispose();
            }
        }

        private void Replace(Tensor x)
        {
            _x.Dispose();
            _x = x.DetachFromDisposeScope();
        }
    }
}
