// Many tests count the process's live tensors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
