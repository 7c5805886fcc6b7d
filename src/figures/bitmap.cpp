#include "bitmap.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace semscope::figures {
namespace {

/// ORs `count` words into `target`, moved by `shift` bits towards higher positions.
void or_shifted(std::uint64_t* target, const std::uint64_t* source, std::size_t count, std::size_t shift) {
    target += shift / 64;
    const std::size_t bits = shift % 64;
    for (std::size_t i = 0; i < count; ++i) {
        target[i] |= source[i] << bits;
        if (bits != 0) target[i + 1] |= source[i] >> (64 - bits);
    }
}

/// ORs a row with itself moved by `shift` bits towards higher positions. From the far end, so that it may be in place.
void smear_once(std::vector<std::uint64_t>& row, std::size_t shift) {
    const std::size_t words = shift / 64, bits = shift % 64;
    for (std::size_t i = row.size(); i-- > words;) {
        row[i] |= row[i - words] << bits;
        if (bits != 0 && i > words) row[i] |= row[i - words - 1] >> (64 - bits);
    }
}

/// Makes every pixel of a row `length` pixels long, towards higher positions, by doubling.
void smear(std::vector<std::uint64_t>& row, std::size_t length) {
    for (std::size_t covered = 1; covered < length;) {
        const std::size_t step = std::min(covered, length - covered);
        smear_once(row, step);
        covered += step;
    }
}

}  // namespace

Bitmap::Bitmap(std::size_t width, std::size_t height)
    : width_(width), height_(height), words_((width + 63) / 64), stride_(words_ + 1), bits_(stride_ * height) {}

std::size_t Bitmap::count() const {
    std::size_t total = 0;
    for (const std::uint64_t word : bits_) total += static_cast<std::size_t>(std::popcount(word));
    return total;
}

Bitmap Bitmap::grown(std::size_t radius_x, std::size_t radius_y) const {
    Bitmap result(width_ + 2 * radius_x, height_ + 2 * radius_y);
    const auto rx = static_cast<double>(radius_x), ry = static_cast<double>(radius_y);
    std::vector<std::uint64_t> wide(result.stride_);
    for (std::size_t down = 0; down <= 2 * radius_y; ++down) {
        const double dy = ry > 0 ? (static_cast<double>(down) - ry) / ry : 0;
        const auto reach = static_cast<std::size_t>(std::ceil(rx * std::sqrt(1 - dy * dy)));
        for (std::size_t y = 0; y < height_; ++y) {
            std::fill(wide.begin(), wide.end(), 0);
            or_shifted(wide.data(), row(y), words_, radius_x - reach);
            smear(wide, 2 * reach + 1);
            or_shifted(&result.bits_[(y + down) * result.stride_], wide.data(), result.words_, 0);
        }
    }
    return result;
}

bool Bitmap::row_meets(const Bitmap& shape, std::size_t shape_row, std::size_t x, std::size_t y) const {
    const std::uint64_t* const mine = row(y) + x / 64;
    const std::uint64_t* const other = shape.row(shape_row);
    const std::size_t bits = x % 64;
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < shape.words_; ++i) {
        common |= mine[i] & other[i] << bits;
        if (bits != 0) common |= mine[i + 1] & other[i] >> (64 - bits);
    }
    return common != 0;
}

bool Bitmap::meets(const Bitmap& shape, std::size_t x, std::size_t y) const {
    // Rows far apart first: where shapes meet, one of these mostly tells.
    constexpr std::size_t step = 8;
    for (std::size_t phase : {4, 0, 2, 6, 1, 3, 5, 7})
        for (std::size_t i = phase; i < shape.height_; i += step)
            if (row_meets(shape, i, x, y + i)) return true;
    return false;
}

void Bitmap::add(const Bitmap& shape, std::size_t x, std::size_t y) {
    for (std::size_t i = 0; i < shape.height_; ++i)
        or_shifted(&bits_[(y + i) * stride_], shape.row(i), shape.words_, x);
}

}  // namespace semscope::figures
