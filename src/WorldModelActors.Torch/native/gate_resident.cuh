// The gated product for few steps: the factors of a block's columns stay in shared memory.
#pragma once

#include "gate_tile.cuh"

namespace wma::kernels {

// A block keeps the weights of its columns in shared memory (kKept steps) for all rows of a chunk. Its two consumers take tiles in
// turns: while one multiplies, the other gates and writes.
template <int Parts> struct Resident {
    static constexpr int kKept = 5 * Parts, kRing = 8 / Parts, kThreads = 3 * 128;
    static constexpr int kBytes = kKept * Tile<Parts>::kRight + kRing * Tile<Parts>::kLeft + 1024;
};

template <typename T, int Parts>
__global__ void __launch_bounds__(Resident<Parts>::kThreads, 1) resident(const __grid_constant__ CUtensorMap x, const __grid_constant__ CUtensorMap weight, const __grid_constant__ GateArguments a) {
    using Size = Tile<Parts>;
    constexpr int kKept = Resident<Parts>::kKept, kRing = Resident<Parts>::kRing, kTurn = 1;
    extern __shared__ char raw[];
    __shared__ uint64_t barriers[2 * kKept + 2 * kRing];
    const unsigned weights = (shared_address(raw) + 1023) & ~1023u, ring = weights + kKept * Size::kRight;
    const unsigned loaded = shared_address(barriers), spent = loaded + kKept * 8, full = spent + kKept * 8, empty = full + kRing * 8;
    const int columns = a.channels / Size::kOutputs, units = columns * a.chunks, stride = gridDim.x;
    const auto begin = [&](int chunk) { return static_cast<int>(static_cast<int64_t>(chunk) * a.tiles / a.chunks); };

    if (threadIdx.x == 0) {
        for (int i = 0; i < kKept; i++) {
            barrier_init(loaded + 8 * i, 1);
            barrier_init(spent + 8 * i, 2);
        }
        for (int i = 0; i < kRing; i++) {
            barrier_init(full + 8 * i, 1);
            barrier_init(empty + 8 * i, 1);
        }
        barrier_init_done();
    }
    __syncthreads();

    const int warpgroup = threadIdx.x / 128;
    if (warpgroup == 0) {
        fewer_registers<24>();
        if (threadIdx.x == 0) {
            int slot = 0, parity = 1, unit_parity = 1;
            for (int unit = blockIdx.x; unit < units; unit += stride, unit_parity ^= 1) {
                const int column = unit % columns, first = begin(unit / columns), end = begin(unit / columns + 1);
                for (int tile = first; tile < end; tile++)
                    for (int k = 0; k < a.steps; k++) {
                        if (tile == first) {
                            barrier_wait(spent + 8 * k, unit_parity);
                            barrier_expect(loaded + 8 * k, Size::kRight);
                            copy_tile(weights + k * Size::kRight, weight, loaded + 8 * k, k * kDepth, 0, column * (Size::kOutputs / 8), 0, 0);
                        }
                        barrier_wait(empty + 8 * slot, parity);
                        barrier_expect(full + 8 * slot, Size::kLeft);
                        copy_tile(ring + slot * Size::kLeft, x, full + 8 * slot, k * kDepth, tile * Size::kRows);
                        if (++slot == kRing) slot = 0, parity ^= 1;
                    }
            }
        }
    } else {
        more_registers<240>();
        const int me = warpgroup - 1;
        const bool tells = threadIdx.x % 128 == 0;
        if (me == 1) turn_give(kTurn, 256);
        float sum[Parts][128 / Parts];
        int turns = 0, unit_parity = 0;
        for (int unit = blockIdx.x; unit < units; unit += stride, unit_parity ^= 1) {
            const int column = unit % columns, first = begin(unit / columns), end = begin(unit / columns + 1), mine = first + ((turns ^ me) & 1);
            Bias<T, Size::kGroups> bias;
            bias.load(a.bias, column * Size::kOutputs, a.channels);
            if (mine >= end && tells)
                for (int k = 0; k < a.steps; k++) {
                    // Not before the last unit's were spent: that would count for it.
                    barrier_wait(loaded + 8 * k, unit_parity);
                    barrier_arrive(spent + 8 * k);
                }
            for (int tile = mine; tile < end; tile += 2) {
                turn_wait(kTurn + me, 256);
                const bool last = tile + 2 >= end;
                int step = (turns + tile - first) * a.steps;
                const auto release = [&](int k) {
                    if (!tells) return;
                    barrier_arrive(empty + 8 * ((step - 1) % kRing));
                    if (last) barrier_arrive(spent + 8 * k);
                };
                for (int k = 0; k < a.steps; k++, step++) {
                    if (tile == mine) barrier_wait(loaded + 8 * k, unit_parity);
                    barrier_wait(full + 8 * (step % kRing), step / kRing % 2);
                    multiply_step<T, Parts>(sum, ring + step % kRing * Size::kLeft, weights + k * Size::kRight, k > 0);
                    products_wait<1>();
                    if (k > 0) release(k - 1);
                }
                if (tile + 1 < end || unit + stride < units) turn_give(kTurn + 1 - me, 256);
                products_wait<0>();
                products_done(sum);
                release(a.steps - 1);
                store<T, Parts>(sum, bias, a, static_cast<int64_t>(tile) * Size::kRows, column * Size::kOutputs);
            }
            turns += end - first;
        }
    }
}

} // namespace wma::kernels
