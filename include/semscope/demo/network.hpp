#pragma once

#include "semscope/demo/picture.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace semscope::demo {

/// How a network is trained. The same seed, pictures and epochs give the same weights, bit by bit, on the same
/// machine and library versions, whatever the number of threads.
struct TrainingOptions {
    std::uint64_t seed = 1;
    int images_per_scene = 240;  ///< training pictures of each scene, drawn in memory
    int epochs = 14;             ///< how often each is shown, each time in another view
    int threads = 2;
};

/// Gets a line of text on how far the work is.
using Progress = std::function<void(const std::string&)>;

/// A small residual network that tells the demo's scenes apart.
class Network {
  public:
    /// Draws the training pictures and trains. Throws LibraryError when LibTorch fails.
    static Network train(const TrainingOptions& options, const Progress& progress);

    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;
    ~Network();

    /// Writes a TorchScript file, in evaluation mode and on the CPU, that maps [N, 3, 224, 224] normalised RGB to
    /// [N, scene_count] logits. Throws IoError when the file cannot be written.
    void save(const std::filesystem::path& path) const;

    /// The scene with the highest logit for each picture's centre crop.
    std::vector<Scene> classify(std::span<const Picture> pictures) const;

  private:
    struct State;
    explicit Network(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace semscope::demo
