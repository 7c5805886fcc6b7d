#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace semscope::fuzz {

/// Bytes that decide, one after the other; zeros when they run out.
class Choices {
  public:
    explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool empty() const { return bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const std::uint8_t value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }
    std::uint64_t number(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value = value << 8 | byte();
        return value;
    }
    std::size_t below(std::size_t end) { return end == 0 ? 0 : byte() % end; }
    std::string text(std::size_t longest) {
        std::string value(std::min<std::size_t>({below(64), longest, bytes_.size()}), '\0');
        for (char& c : value) c = static_cast<char>(byte());
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

/// Changes a sound result file with the calls of HDF5, as `choices` say: values, types, shapes, layouts, attributes,
/// links. What HDF5 refuses is left out. The file may be cut short at the end.
void damage(const std::filesystem::path& path, Choices& choices);

}  // namespace semscope::fuzz
