#include "semscope/statistics/deviation.hpp"

namespace semscope::statistics {

std::vector<float> deviations(const ImageRows& rows, std::uint32_t scene) {
    std::vector<float> result;
    result.reserve(rows.variants());
    for (std::size_t i = 0; i < rows.variants(); ++i)
        result.push_back(deviation(rows.probability[scene], rows.variant(i)[scene]));
    return result;
}

}  // namespace semscope::statistics
