// Live tensors and libtorch's default generator are counted and seeded process-wide.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
