#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace semscope::testing_support {

/// A table of the documentation is what the program makes of its declarations. It stands between the lines `<!-- begin
/// of the generated table NAME-->` and `<!-- end of the generated table NAME-->`, where NAME is "" or ends with a
/// blank. With SEMSCOPE_UPDATE_DOCUMENTATION in the environment the table is written there first.
inline void expect_generated(const std::filesystem::path& file, const std::string& name, const std::string& table) {
    const auto read = [&] {
        std::ifstream stream(file);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    const std::string first_line = "<!-- begin of the generated table " + name + "-->\n";
    const std::string text = read();
    const std::size_t begin = text.find(first_line),
                      end = text.find("<!-- end of the generated table " + name + "-->\n");
    ASSERT_NE(end, std::string::npos) << file << " lacks the lines around the table " << name;
    ASSERT_LT(begin, end) << file << " lacks the lines around the table " << name;
    const std::string expected = text.substr(0, begin + first_line.size()) + "\n" + table + "\n" + text.substr(end);
    if (std::getenv("SEMSCOPE_UPDATE_DOCUMENTATION") != nullptr) std::ofstream(file) << expected;
    EXPECT_EQ(read(), expected) << "run the test with SEMSCOPE_UPDATE_DOCUMENTATION=1";
}

}  // namespace semscope::testing_support
