#include "semscope/core/random.hpp"

#include <Random123/philox.h>
#undef philox4x32  // a macro of Random123 with the name of the function below

namespace semscope {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    const auto bits = r123::Philox4x32_R<10>{}({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    return {bits[0], bits[1], bits[2], bits[3]};
}

}  // namespace semscope
