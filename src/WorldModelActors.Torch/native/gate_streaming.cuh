// The gated product for any number of steps.
#pragma once

#include "gate_tile.cuh"

namespace wma::kernels {

// Both factors come by a ring of steps: 64 rows of each of two consumers by 256 columns.
struct Streaming {
    static constexpr int kConsumers = 2, kStages = 4, kThreads = 128 * (kConsumers + 1), kStage = kConsumers * Tile<1>::kLeft + Tile<1>::kRight;
    static constexpr int kBytes = kStages * kStage + 1024;
    // Tiles down which blocks go before the next column.
    static constexpr int kGroup = 8;
};

template <typename T>
__global__ void __launch_bounds__(Streaming::kThreads, 1) streaming(const __grid_constant__ CUtensorMap x, const __grid_constant__ CUtensorMap weight, const __grid_constant__ GateArguments a) {
    using Size = Tile<1>;
    constexpr int kConsumers = Streaming::kConsumers, kStages = Streaming::kStages, kStage = Streaming::kStage, kGroup = Streaming::kGroup;
    extern __shared__ char raw[];
    __shared__ uint64_t barriers[2 * kStages];
    const unsigned ring = (shared_address(raw) + 1023) & ~1023u;
    const unsigned full = shared_address(barriers), empty = full + kStages * 8;
    const int columns = a.channels / Size::kOutputs, total = a.tiles * columns;

    if (threadIdx.x == 0) {
        for (int i = 0; i < kStages; i++) {
            barrier_init(full + 8 * i, 1);
            barrier_init(empty + 8 * i, kConsumers);
        }
        barrier_init_done();
    }
    __syncthreads();

    // Tiles go down a group of rows column by column, so that what blocks read at a time is near a square.
    const auto place = [&](int tile, int& row, int& column) {
        const int group = tile / (kGroup * columns), within = tile % (kGroup * columns), height = min(kGroup, a.tiles - group * kGroup);
        row = (group * kGroup + within % height) * kConsumers * Size::kRows;
        column = within / height;
    };

    const int warpgroup = threadIdx.x / 128;
    if (warpgroup == 0) {
        fewer_registers<24>();
        if (threadIdx.x == 0) {
            int slot = 0, parity = 1;
            for (int tile = blockIdx.x; tile < total; tile += gridDim.x) {
                int row, column;
                place(tile, row, column);
                for (int k = 0; k < a.steps; k++) {
                    const unsigned to = ring + slot * kStage;
                    barrier_wait(empty + 8 * slot, parity);
                    barrier_expect(full + 8 * slot, kStage);
                    copy_tile(to, x, full + 8 * slot, k * kDepth, row);
                    copy_tile(to + kConsumers * Size::kLeft, weight, full + 8 * slot, k * kDepth, 0, column * (Size::kOutputs / 8), 0, 0);
                    if (++slot == kStages) slot = 0, parity ^= 1;
                }
            }
        }
    } else {
        more_registers<240>();
        const int me = warpgroup - 1;
        const bool tells = threadIdx.x % 128 == 0;
        int slot = 0, parity = 0;
        float sum[1][128];
        for (int tile = blockIdx.x; tile < total; tile += gridDim.x) {
            int row, column;
            place(tile, row, column);
            int last = 0;
            for (int k = 0; k < a.steps; k++) {
                const unsigned from = ring + slot * kStage;
                barrier_wait(full + 8 * slot, parity);
                multiply_step<T, 1>(sum, from + me * Size::kLeft, from + kConsumers * Size::kLeft, k > 0);
                products_wait<1>();
                if (k > 0 && tells) barrier_arrive(empty + 8 * last);
                last = slot;
                if (++slot == kStages) slot = 0, parity ^= 1;
            }
            Bias<T, Size::kGroups> bias;
            bias.load(a.bias, column * Size::kOutputs, a.channels);
            products_wait<0>();
            products_done(sum);
            if (tells) barrier_arrive(empty + 8 * last);
            store<T, 1>(sum, bias, a, row + me * Size::kRows, column * Size::kOutputs);
        }
    }
}

} // namespace wma::kernels
