#include "semscope/dataset/text_file.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace semscope::dataset {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

namespace {

std::ifstream open_text(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) throw InputError(fmt::format("{}: there is no such file", path.string()));
    // A pipe would be waited for, by all ranks but one for ever.
    std::ifstream file;
    if (std::filesystem::is_regular_file(status)) file.open(path, std::ios::binary);
    if (!file.is_open() || !file) throw InputError(fmt::format("{}: cannot be opened for reading", path.string()));
    return file;
}

/// Cuts a file into lines, block by block, so that no more than a block and a line is ever held.
class LineReader {
  public:
    explicit LineReader(const std::filesystem::path& path) : path_(path), file_(open_text(path)) { fill(); }

    /// The next line without its end; nothing at the end of the file. It lives until the next call.
    std::optional<std::string_view> next() {
        while (true) {
            const std::string_view rest = std::string_view(buffer_).substr(begin_);
            const std::size_t end = rest.find('\n');
            if (std::min(end, rest.size()) > longest_line)
                throw InputError(fmt::format("{}: longer than {} bytes", position(path_, number_ + 1), longest_line));
            if (end != std::string_view::npos || at_end_) {
                if (end == std::string_view::npos && rest.empty()) return std::nullopt;
                ++number_;
                begin_ += std::min(end, rest.size()) + (end == std::string_view::npos ? 0 : 1);
                return rest.substr(0, end);
            }
            fill();
        }
    }
    std::uint64_t number() const { return number_; }

  private:
    void fill() {
        constexpr std::size_t block = std::size_t{1} << 18;
        buffer_.erase(0, begin_);
        begin_ = 0;
        const std::size_t kept = buffer_.size();
        buffer_.resize(kept + block);
        file_.read(buffer_.data() + kept, static_cast<std::streamsize>(block));
        if (file_.bad()) throw InputError(fmt::format("{}: reading failed", path_.string()));
        buffer_.resize(kept + static_cast<std::size_t>(file_.gcount()));
        at_end_ = file_.eof();
    }

    const std::filesystem::path& path_;
    std::ifstream file_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint64_t number_ = 0;
    bool at_end_ = false;
};

}  // namespace

void for_each_line(const std::filesystem::path& path,
                   const std::function<bool(std::uint64_t number, std::string_view text)>& visit) {
    LineReader reader(path);
    bool any = false;
    while (auto text = reader.next()) {
        if (reader.number() == 1 && text->starts_with("\xef\xbb\xbf")) text->remove_prefix(3);
        text = trim(*text);
        if (text->empty() || text->front() == '#') continue;
        any = true;
        if (!visit(reader.number(), *text)) return;
    }
    if (!any) throw InputError(fmt::format("{}: the file has no entries", path.string()));
}

std::vector<Line> read_lines(const std::filesystem::path& path) {
    constexpr std::size_t most = 200000;
    std::vector<Line> lines;
    for_each_line(path, [&](std::uint64_t number, std::string_view text) {
        if (lines.size() == most)
            throw InputError(fmt::format("{}: more than {} lines, which no table has", path.string(), most));
        lines.push_back({number, std::string(text)});
        return true;
    });
    return lines;
}

std::vector<std::string> split_tabs(std::string_view text) {
    std::vector<std::string> fields;
    for (;;) {
        const std::size_t tab = text.find('\t');
        fields.emplace_back(trim(text.substr(0, tab)));
        if (tab == std::string_view::npos) return fields;
        text.remove_prefix(tab + 1);
    }
}

std::string position(const std::filesystem::path& path, std::uint64_t number) {
    return fmt::format("{}:{}", path.string(), number);
}

std::string position(const std::filesystem::path& path, const Line& line) { return position(path, line.number); }

}  // namespace semscope::dataset
