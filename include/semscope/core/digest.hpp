#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace semscope {

/// Incremental SHA-256. Not copyable; one digest per object.
class Sha256 {
  public:
    /// Throws LibraryError when OpenSSL cannot provide SHA-256.
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text);

    /// The digest as 64 lower-case hexadecimal digits. Ends the computation: no update may follow.
    std::string hex();

    /// The first 64 bits of the digest, as the number that its first 16 hexadecimal digits write. Ends the computation.
    std::uint64_t first_bits();

    /// The first 128 bits, in two such numbers. Ends the computation.
    std::array<std::uint64_t, 2> first_words();

  private:
    std::array<unsigned char, 32> finish();

    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256 of a text, as 64 hexadecimal digits.
std::string sha256_of_text(std::string_view text);

/// The first 64 bits of the SHA-256 of some bytes: enough to tell that a file is another one than before, as long as
/// nobody wants to deceive.
std::uint64_t short_digest(std::span<const unsigned char> bytes);

/// SHA-256 of texts, each with a line feed behind it, as 64 hexadecimal digits.
std::string sha256_of_lines(std::span<const std::string> lines);

/// SHA-256 of a file's content, read in blocks. Throws InputError when the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

/// The SHA-256 that a file must have, and where that stands.
struct ExpectedSha256 {
    std::string hex;      ///< 64 hexadecimal digits of any case; "" = any file will do
    std::string said_by;  ///< for the message, for instance "model.sha256"
};

/// Throws InputError that names the file and both digests unless `actual` (lower case) is what is expected.
void require_sha256(const std::filesystem::path& path, const std::string& actual, const ExpectedSha256& expected);

}  // namespace semscope
