#include "info.hpp"

#include "semscope/base/error.hpp"
#include "semscope/hdf5/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace semscope::hdf5 {

void check_hints(const KeyValues& hints) {
    for (const auto& [key, value] : hints)
        if (key.size() >= MPI_MAX_INFO_KEY || value.size() >= MPI_MAX_INFO_VAL)
            throw UsageError(fmt::format("output.hints: {}={} is too long for MPI ({} and {} characters at most)", key,
                                         value, MPI_MAX_INFO_KEY - 1, MPI_MAX_INFO_VAL - 1));
}

Info::Info(const KeyValues& pairs) {
    check_hints(pairs);
    if (pairs.empty()) return;
    MPI_Info_create(&handle_);
    for (const auto& [key, value] : pairs) MPI_Info_set(handle_, key.c_str(), value.c_str());
}

Info::~Info() {
    if (handle_ != MPI_INFO_NULL) MPI_Info_free(&handle_);
}

KeyValues hints_of(MPI_File file) {
    MPI_Info info = MPI_INFO_NULL;
    if (MPI_File_get_info(file, &info) != MPI_SUCCESS) throw LibraryError("MPI_File_get_info failed");
    int count = 0;
    MPI_Info_get_nkeys(info, &count);
    KeyValues pairs;
    for (int i = 0; i < count; ++i) {
        std::array<char, MPI_MAX_INFO_KEY + 1> key{};
        std::array<char, MPI_MAX_INFO_VAL + 1> value{};
        int found = 0;
        MPI_Info_get_nthkey(info, i, key.data());
        MPI_Info_get(info, key.data(), MPI_MAX_INFO_VAL, value.data(), &found);
        if (found != 0) pairs.emplace_back(key.data(), value.data());
    }
    MPI_Info_free(&info);
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

}  // namespace semscope::hdf5
