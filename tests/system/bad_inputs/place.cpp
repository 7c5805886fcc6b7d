#include "row.hpp"
#include "support/program.hpp"

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace semscope::bad_inputs {

namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, const std::string& bytes, std::ios::openmode mode) {
    std::ofstream file(path, std::ios::binary | mode);
    if (!(file << bytes)) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

void Place::write(const std::string& name, const std::string& bytes) const {
    put(folder_ / name, bytes, std::ios::trunc);
}

void Place::append(const std::string& name, const std::string& bytes) const {
    put(folder_ / name, bytes, std::ios::app);
}

void Place::truncate(const std::string& name, unsigned numerator) const {
    fs::resize_file(folder_ / name, fs::file_size(folder_ / name) * numerator / 4);
}

void Place::python(const std::string& lines, const fs::path& path) const {
    const std::string code = "import sys\npath = sys.argv[1]\n" + lines;
    const auto outcome = testing_support::run_program({SEMSCOPE_PYTHON, "-c", code, path.string()});
    if (outcome.exit_code != 0) throw std::runtime_error("cannot spoil " + path.string() + ": " + outcome.output);
}

void Place::edit(const std::string& name, const std::string& lines) const {
    python("import h5py, numpy as np\nf = h5py.File(path, 'r+')\n" + lines + "\nf.close()", folder_ / name);
}

void Place::write_picture(const fs::path& path, int width, int height, int type, double value) const {
    if (!cv::imwrite(path.string(), cv::Mat(height, width, type, cv::Scalar::all(value))))
        throw std::runtime_error("cannot write " + path.string());
}

}  // namespace semscope::bad_inputs
