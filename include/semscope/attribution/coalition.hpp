#pragma once

#include <boost/dynamic_bitset.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace semscope::attribution {

/// A coalition of the classes of an image: bit i is set where the i-th class stays. The others are inhibited.
using Coalition = boost::dynamic_bitset<>;

/// P: all of n classes stay.
Coalition all_of(std::size_t classes);

/// P without some classes.
Coalition all_but(std::size_t classes, const std::vector<std::size_t>& gone);

/// The classes that a coalition inhibits, of the classes of its image.
std::vector<std::uint16_t> inhibited(const Coalition& coalition, const std::vector<std::uint16_t>& semantics);

}  // namespace semscope::attribution
