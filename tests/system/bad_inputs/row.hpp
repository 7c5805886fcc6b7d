#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Bad inputs as a table: a row says what is spoiled and what the program must answer; the checks that every answer
/// must pass stand in bad_inputs_test.cpp.
namespace semscope::bad_inputs {

/// A copy of the sound data set in a folder of its own, which a row may spoil: data/ (photos, label maps, lists),
/// model.ts, segment.ts, occlusion.h5 and statistics.h5 made from them, and an empty folder out/ for the outputs.
class Place {
  public:
    explicit Place(std::filesystem::path folder) : folder_(std::move(folder)) {}

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
    std::filesystem::path photo(const std::string& name) const { return folder_ / "data/val" / name; }
    std::filesystem::path label(const std::string& name) const {
        return folder_ / "data/noisy_annotations_RGB/val" / name;
    }

    /// Replaces a file's content, or makes the file.
    void write(const std::string& name, const std::string& bytes) const;
    void append(const std::string& name, const std::string& bytes) const;
    void remove(const std::string& name) const { std::filesystem::remove_all(folder_ / name); }
    /// Cuts a file to `numerator`/4 of its length.
    void truncate(const std::string& name, unsigned numerator = 2) const;
    /// Runs lines of Python on an HDF5 file, opened for writing with h5py as `f`; numpy is there as `np`.
    void edit(const std::string& name, const std::string& lines) const;
    /// Runs lines of Python that find the path of a file in `path`.
    void python(const std::string& lines, const std::filesystem::path& path) const;
    /// Writes a grey image of a flat value; `type` is OpenCV's, for instance CV_16UC1.
    void write_picture(const std::filesystem::path& path, int width, int height, int type, double value = 1) const;

  private:
    std::filesystem::path folder_;
};

struct Row {
    std::string name;                         ///< of the test: what is wrong
    std::string program;                      ///< without "semscope-"
    std::function<void(const Place&)> spoil;  ///< may be empty
    std::vector<std::string> options;         ///< after the usual ones; "@" stands for the place's folder
    std::vector<std::string> words;           ///< all must stand in the message
    int code = 2;
    std::vector<std::string> without = {};  ///< usual options that are left out
};

using Table = std::vector<Row>;

Table config_rows();
Table option_rows();
Table output_rows();
Table list_rows();
Table picture_rows();
Table model_rows();
Table segment_rows();
Table result_rows();
Table compare_rows();
Table figure_rows();
/// What the readers of lists and pictures refuse.
Table reader_rows();

}  // namespace semscope::bad_inputs
