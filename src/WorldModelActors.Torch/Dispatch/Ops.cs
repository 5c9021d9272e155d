namespace WorldModelActors.Torch;

/// <summary>Every ATen operator in use, by its dispatcher name and overload.</summary>
internal static class Ops
{
    // Arithmetic
    public static readonly Operator add = new("add", "Tensor");
    public static readonly Operator add_ = new("add_", "Tensor");
    public static readonly Operator sub = new("sub", "Tensor");
    public static readonly Operator sub_ = new("sub_", "Tensor");
    public static readonly Operator rsub_scalar = new("rsub", "Scalar");
    public static readonly Operator mul = new("mul", "Tensor");
    public static readonly Operator mul_ = new("mul_", "Tensor");
    public static readonly Operator div = new("div", "Tensor");
    public static readonly Operator div_ = new("div_", "Tensor");
    public static readonly Operator pow = new("pow", "Tensor_Scalar");
    public static readonly Operator pow_tensor = new("pow", "Tensor_Tensor");
    public static readonly Operator addcmul = new("addcmul");
    public static readonly Operator lerp = new("lerp", "Scalar");
    public static readonly Operator neg = new("neg");
    public static readonly Operator reciprocal = new("reciprocal");
    public static readonly Operator remainder = new("remainder", "Scalar");

    // Pointwise functions
    public static readonly Operator abs = new("abs");
    public static readonly Operator exp = new("exp");
    public static readonly Operator log = new("log");
    public static readonly Operator sqrt = new("sqrt");
    public static readonly Operator rsqrt = new("rsqrt");
    public static readonly Operator sin = new("sin");
    public static readonly Operator cos = new("cos");
    public static readonly Operator tanh = new("tanh");
    public static readonly Operator erf = new("erf");
    public static readonly Operator sigmoid = new("sigmoid");
    public static readonly Operator square = new("square");
    public static readonly Operator floor = new("floor");
    public static readonly Operator ceil = new("ceil");
    public static readonly Operator round = new("round");
    public static readonly Operator trunc = new("trunc");
    public static readonly Operator clamp = new("clamp");
    public static readonly Operator isfinite = new("isfinite");
    public static readonly Operator isnan = new("isnan");
    public static readonly Operator silu = new("silu");
    public static readonly Operator silu_ = new("silu_");
    public static readonly Operator gelu = new("gelu");
    public static readonly Operator mish = new("mish");
    public static readonly Operator relu = new("relu");
    public static readonly Operator relu_ = new("relu_");

    // Comparison and selection
    public static readonly Operator eq = new("eq", "Tensor");
    public static readonly Operator eq_scalar = new("eq", "Scalar");
    public static readonly Operator ne = new("ne", "Tensor");
    public static readonly Operator ne_scalar = new("ne", "Scalar");
    public static readonly Operator lt = new("lt", "Tensor");
    public static readonly Operator lt_scalar = new("lt", "Scalar");
    public static readonly Operator gt = new("gt", "Tensor");
    public static readonly Operator gt_scalar = new("gt", "Scalar");
    public static readonly Operator le = new("le", "Tensor");
    public static readonly Operator le_scalar = new("le", "Scalar");
    public static readonly Operator ge = new("ge", "Tensor");
    public static readonly Operator ge_scalar = new("ge", "Scalar");
    public static readonly Operator logical_not = new("logical_not");
    public static readonly Operator logical_and = new("logical_and");
    public static readonly Operator logical_or = new("logical_or");
    public static readonly Operator where = new("where", "self");
    public static readonly Operator masked_fill = new("masked_fill", "Scalar");
    public static readonly Operator maximum = new("maximum");
    public static readonly Operator minimum = new("minimum");

    // Reductions
    public static readonly Operator sum = new("sum");
    public static readonly Operator sum_dim = new("sum", "dim_IntList");
    public static readonly Operator mean = new("mean");
    public static readonly Operator mean_dim = new("mean", "dim");
    public static readonly Operator std = new("std", "correction");
    public static readonly Operator var = new("var", "correction");
    public static readonly Operator amax = new("amax");
    public static readonly Operator amin = new("amin");
    public static readonly Operator max = new("max");
    public static readonly Operator min = new("min");
    public static readonly Operator argmax = new("argmax");
    public static readonly Operator argmin = new("argmin");
    public static readonly Operator norm = new("norm", "Scalar");
    public static readonly Operator all = new("all");
    public static readonly Operator any = new("any");
    public static readonly Operator equal = new("equal");
    public static readonly Operator allclose = new("allclose");
    public static readonly Operator cumsum = new("cumsum");
    public static readonly Operator cumprod = new("cumprod");
    public static readonly Operator item = new("item");

    // Shape
    public static readonly Operator reshape = new("reshape");
    public static readonly Operator view = new("view");
    public static readonly Operator permute = new("permute");
    public static readonly Operator transpose = new("transpose", "int");
    public static readonly Operator unsqueeze = new("unsqueeze");
    public static readonly Operator squeeze = new("squeeze");
    public static readonly Operator squeeze_dim = new("squeeze", "dim");
    public static readonly Operator flatten = new("flatten", "using_ints");
    public static readonly Operator expand = new("expand");
    public static readonly Operator repeat = new("repeat");
    public static readonly Operator repeat_interleave = new("repeat_interleave", "self_int");
    public static readonly Operator narrow = new("narrow");
    public static readonly Operator select = new("select", "int");
    public static readonly Operator slice = new("slice", "Tensor");
    public static readonly Operator index_select = new("index_select");
    public static readonly Operator index = new("index", "Tensor");
    public static readonly Operator index_put_ = new("index_put_");
    public static readonly Operator gather = new("gather");
    public static readonly Operator index_copy_ = new("index_copy_");
    public static readonly Operator chunk = new("chunk");
    public static readonly Operator split = new("split", "Tensor");
    public static readonly Operator unbind = new("unbind", "int");
    public static readonly Operator flip = new("flip");
    public static readonly Operator roll = new("roll");
    public static readonly Operator tril = new("tril");
    public static readonly Operator triu = new("triu");
    public static readonly Operator cat = new("cat");
    public static readonly Operator stack = new("stack");

    // Storage
    public static readonly Operator contiguous = new("contiguous");
    public static readonly Operator clone = new("clone");
    public static readonly Operator to_dtype = new("to", "dtype");
    public static readonly Operator to_device = new("to", "device");
    public static readonly Operator copy_ = new("copy_");
    public static readonly Operator fill_ = new("fill_", "Scalar");
    public static readonly Operator zero_ = new("zero_");
    public static readonly Operator normal_ = new("normal_");
    public static readonly Operator uniform_ = new("uniform_");
    public static readonly Operator pin_memory = new("pin_memory");
    public static readonly Operator is_pinned = new("is_pinned");

    // Factories
    public static readonly Operator empty = new("empty", "memory_format");
    public static readonly Operator zeros = new("zeros");
    public static readonly Operator ones = new("ones");
    public static readonly Operator full = new("full");
    public static readonly Operator randn = new("randn");
    public static readonly Operator randn_generator = new("randn", "generator");
    public static readonly Operator rand = new("rand");
    public static readonly Operator rand_generator = new("rand", "generator");
    public static readonly Operator arange = new("arange", "start_step");
    public static readonly Operator linspace = new("linspace");
    public static readonly Operator eye = new("eye", "m");
    public static readonly Operator empty_like = new("empty_like");
    public static readonly Operator zeros_like = new("zeros_like");
    public static readonly Operator ones_like = new("ones_like");
    public static readonly Operator randn_like = new("randn_like");

    // Linear algebra and networks
    public static readonly Operator matmul = new("matmul");
    public static readonly Operator mm = new("mm");
    public static readonly Operator bmm = new("bmm");
    public static readonly Operator addmm = new("addmm");
    public static readonly Operator addmm_ = new("addmm_");
    public static readonly Operator baddbmm = new("baddbmm");
    public static readonly Operator linear = new("linear");
    public static readonly Operator conv1d = new("conv1d");
    public static readonly Operator conv2d = new("conv2d");
    public static readonly Operator conv3d = new("conv3d");
    public static readonly Operator conv_transpose1d = new("conv_transpose1d");
    public static readonly Operator group_norm = new("group_norm");
    public static readonly Operator layer_norm = new("layer_norm");
    public static readonly Operator softmax = new("softmax", "int");
    public static readonly Operator max_pool2d = new("max_pool2d");
    public static readonly Operator avg_pool2d = new("avg_pool2d");
    public static readonly Operator upsample_nearest2d = new("upsample_nearest2d");
    public static readonly Operator upsample_bilinear2d = new("upsample_bilinear2d");
    public static readonly Operator upsample_bicubic2d = new("upsample_bicubic2d");
    public static readonly Operator pad = new("pad");

    /// <summary>The shim's own kernels (native/attention.cpp, gelu.cpp, linear.cpp): float32 on the CPU.</summary>
    public static readonly Operator wma_group_norm_rows = new("group_norm_rows", library: "wma");
    public static readonly Operator wma_layer_norm_rows = new("layer_norm_rows", library: "wma");
    public static readonly Operator wma_frame_attention = new("frame_attention", library: "wma");
    public static readonly Operator wma_branch_attention = new("branch_attention", library: "wma");
    public static readonly Operator wma_key_points = new("key_points", library: "wma");
    public static readonly Operator wma_geglu = new("geglu", library: "wma");
    public static readonly Operator wma_linear_geglu_fits = new("linear_geglu_fits", library: "wma");
    public static readonly Operator wma_linear_geglu = new("linear_geglu", library: "wma");
    public static readonly Operator wma_add_with_bias_ = new("add_with_bias_", library: "wma");
    public static readonly Operator wma_add_bias_ = new("add_bias_", library: "wma");
    public static readonly Operator wma_join_rows = new("join_rows", library: "wma");
    public static readonly Operator wma_enlarge_rows = new("enlarge_rows", library: "wma");
    public static readonly Operator wma_attention = new("attention", library: "wma");
    public static readonly Operator wma_linear = new("linear", library: "wma");
    public static readonly Operator wma_philox_normal_ = new("philox_normal_", library: "wma");
    public static readonly Operator wma_splitmix_uniform_ = new("splitmix_uniform_", library: "wma");
    public static readonly Operator wma_random_on_cuda = new("random_on_cuda", library: "wma");
    public static readonly Operator wma_gelu = new("gelu", library: "wma");
    /// <summary>Public since libtorch 2.0; before that <see cref="Sdpa"/> computes the same sum otherwise.</summary>
    public static readonly Operator scaled_dot_product_attention = new("scaled_dot_product_attention");
}
