#pragma once

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace semscope::data {

/// Tests that read small files.
class FilesTest : public testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
        return folder_.path() / name;
    }
    std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  private:
    testing_support::TemporaryFolder folder_;
};

}  // namespace semscope::data
