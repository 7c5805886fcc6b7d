#include "error_stream.hpp"

#include <iostream>
#include <streambuf>

namespace semscope::network {

namespace {

thread_local std::string* kept = nullptr;

/// Stands before the buffer of std::cerr from the first use to the end of the program.
class ThreadBuffer : public std::streambuf {
  public:
    ThreadBuffer() : before_(std::cerr.rdbuf(this)) {}
    ~ThreadBuffer() override { std::cerr.rdbuf(before_); }

  protected:
    int_type overflow(int_type character) override {
        if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
        const char text = traits_type::to_char_type(character);
        return xsputn(&text, 1) == 1 ? character : traits_type::eof();
    }

    std::streamsize xsputn(const char* text, std::streamsize length) override {
        if (kept == nullptr) return before_->sputn(text, length);
        kept->append(text, static_cast<std::size_t>(length));
        return length;
    }

    int sync() override { return before_->pubsync(); }

  private:
    std::streambuf* before_;
};

}  // namespace

KeptErrors::KeptErrors() {
    static ThreadBuffer buffer;
    kept = &text_;
}

KeptErrors::~KeptErrors() {
    kept = nullptr;
    if (!asked_ && !text_.empty()) std::cerr << text_;
}

const std::string& KeptErrors::text() const {
    asked_ = true;
    return text_;
}

}  // namespace semscope::network
