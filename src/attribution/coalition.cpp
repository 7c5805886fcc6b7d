#include "semscope/attribution/coalition.hpp"

namespace semscope::attribution {

Coalition all_of(std::size_t classes) { return Coalition(classes).set(); }

Coalition all_but(std::size_t classes, const std::vector<std::size_t>& gone) {
    Coalition coalition = all_of(classes);
    for (const std::size_t each : gone) coalition.reset(each);
    return coalition;
}

std::vector<std::uint16_t> inhibited(const Coalition& coalition, const std::vector<std::uint16_t>& semantics) {
    std::vector<std::uint16_t> gone;
    for (std::size_t i = 0; i < coalition.size(); ++i)
        if (!coalition.test(i)) gone.push_back(semantics.at(i));
    return gone;
}

}  // namespace semscope::attribution
