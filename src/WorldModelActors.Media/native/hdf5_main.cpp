// wma_hdf5 FILE: answers questions about an HDF5 file on stdin and stdout.
//
// libhdf5 crashes or never returns on some damaged files, so it runs in a process of its own, with limits, and only
// this process dies. Question: kind (1 byte), length of the name (uint32), name. Answer: status (1 byte), length
// (uint64), payload. Kinds: L names of the datasets, S shape (int64 each), F values (float32), A text attribute. An
// answer that opens the conversation says whether the file could be opened. All numbers are little endian.
#include "hdf5_reader.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>

namespace {

enum Status : unsigned char { ok = 0, failed = 1, absent = 2 };

constexpr rlim_t max_memory = rlim_t(4) << 30;
constexpr rlim_t max_cpu_seconds = 5;
constexpr uint32_t max_name = 4096;

void answer(Status status, const void* payload, uint64_t length) {
    const bool written = std::fwrite(&status, 1, 1, stdout) == 1 && std::fwrite(&length, sizeof length, 1, stdout) == 1 &&
                         (length == 0 || std::fwrite(payload, 1, length, stdout) == length) && std::fflush(stdout) == 0;
    if (!written) std::_Exit(1);
}

template <typename Body>
bool answered(Body&& body) {
    try {
        body();
        return true;
    } catch (const wma::Hdf5Failure& failure) {
        const std::string reason = failure.what();
        answer(failure.absent ? absent : failed, reason.data(), reason.size());
    } catch (const std::bad_alloc&) {
        static const char reason[] = "it needs more memory than any prompt data";
        answer(failed, reason, sizeof reason - 1);
    }
    return false;
}

bool question(char& kind, std::string& name) {
    uint32_t length = 0;
    if (std::fread(&kind, 1, 1, stdin) != 1 || std::fread(&length, sizeof length, 1, stdin) != 1 || length > max_name)
        return false;
    name.resize(length);
    return length == 0 || std::fread(&name[0], 1, length, stdin) == length;
}

void limit(int resource, rlim_t value, rlim_t slack = 0) {
    const rlimit limits{value, value + slack};
    setrlimit(static_cast<__rlimit_resource_t>(resource), &limits);
}

// A crash is an answer like any other: no core file, no message of the C library on the user's terminal. The terminal's
// Ctrl-C goes to the parent, which closes stdin when it is done.
void live_quietly() {
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_AS, max_memory);
    limit(RLIMIT_CPU, max_cpu_seconds, 1);
    std::signal(SIGINT, SIG_IGN);
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: wma_hdf5 FILE (part of WorldModelActors, see hdf5_main.cpp)\n");
        return 2;
    }

    live_quietly();
    std::unique_ptr<wma::Hdf5Reader> reader;
    if (!answered([&] {
            reader = std::make_unique<wma::Hdf5Reader>(arguments[1]);
            answer(ok, nullptr, 0);
        }))
        return 0;

    char kind = 0;
    std::string name;
    while (question(kind, name)) {
        answered([&] {
            if (kind == 'L') {
                const std::string names = reader->datasets();
                answer(ok, names.data(), names.size());
            } else if (kind == 'S') {
                const std::vector<int64_t> sizes = reader->shape(name.c_str());
                answer(ok, sizes.data(), sizes.size() * sizeof(int64_t));
            } else if (kind == 'F') {
                const std::vector<float> values = reader->floats(name.c_str());
                answer(ok, values.data(), values.size() * sizeof(float));
            } else if (kind == 'A') {
                const std::string text = reader->text_attribute(name.c_str());
                answer(ok, text.data(), text.size());
            } else {
                throw wma::Hdf5Failure("unknown question");
            }
        });
    }

    // The library's own clean-up may stumble over a damaged file; the kernel closes everything.
    std::_Exit(0);
}
