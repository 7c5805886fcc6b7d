#include "semscope/core/digest.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <vector>

namespace semscope {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (state_->context == nullptr || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1)
        throw LibraryError("OpenSSL does not provide SHA-256 on this machine");
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
    if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1)
        throw LibraryError("OpenSSL failed to update a SHA-256 digest");
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }

std::array<unsigned char, 32> Sha256::finish() {
    std::array<unsigned char, 32> digest{};
    if (EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) != 1)
        throw LibraryError("OpenSSL failed to finish a SHA-256 digest");
    return digest;
}

std::string Sha256::hex() {
    std::string text;
    for (const unsigned char byte : finish()) text += fmt::format("{:02x}", byte);
    return text;
}

std::array<std::uint64_t, 2> Sha256::first_words() {
    const auto digest = finish();
    std::array<std::uint64_t, 2> words{};
    for (std::size_t i = 0; i < sizeof(words); ++i) {
        std::uint64_t& word = words[i / sizeof(std::uint64_t)];
        word = word << 8U | digest[i];
    }
    return words;
}

std::uint64_t Sha256::first_bits() { return first_words()[0]; }

std::uint64_t short_digest(std::span<const unsigned char> bytes) {
    Sha256 digest;
    digest.update(std::as_bytes(bytes));
    return digest.first_bits();
}

std::string sha256_of_text(std::string_view text) {
    Sha256 digest;
    digest.update(text);
    return digest.hex();
}

std::string sha256_of_lines(std::span<const std::string> lines) {
    Sha256 digest;
    for (const std::string& line : lines) {
        digest.update(line);
        digest.update("\n");
    }
    return digest.hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(fmt::format("{}: cannot be opened for reading", path.string()));
    Sha256 digest;
    std::vector<char> block(std::size_t{1} << 20);
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        digest.update(std::string_view(block.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (file.bad()) throw InputError(fmt::format("{}: reading failed", path.string()));
    return digest.hex();
}

void require_sha256(const std::filesystem::path& path, const std::string& actual, const ExpectedSha256& expected) {
    std::string wanted = expected.hex;
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](unsigned char c) { return std::tolower(c); });
    if (wanted.empty() || wanted == actual) return;
    throw InputError(fmt::format("{}: its SHA-256 is {}, but {} is {}: it is another file than the one that is meant",
                                 path.string(), actual, expected.said_by, wanted));
}

}  // namespace semscope
