#include "semscope/hdf5/file.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <vector>

// dataset_bytes FILE DATASET OUT: the float32 numbers of a dataset, as they lie in memory, into the file OUT.
int main(int argc, char** argv) {
    try {
        const std::vector<const char*> words(argv, argv + argc);
        if (words.size() != 4) throw std::runtime_error("usage: dataset_bytes FILE DATASET OUT");
        using namespace semscope::hdf5;
        const auto numbers = File::open(words[1], Access::read).dataset(words[2]).read<float>();
        std::ofstream out(words[3], std::ios::binary);
        out.write(reinterpret_cast<const char*>(numbers.data()),
                  static_cast<std::streamsize>(numbers.size() * sizeof(float)));
        if (!out.flush()) throw std::runtime_error("the numbers cannot be written");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "dataset_bytes: %s\n", error.what());
        return 1;
    }
}
