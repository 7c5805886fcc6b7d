#include "loaded_network.hpp"

#include "determinism.hpp"
#include "package_network.hpp"
#include "products.hpp"
#include "torch_device.hpp"

#include <utility>

namespace semscope::network {

namespace {

class ScriptNetwork : public LoadedNetwork {
  public:
    ScriptNetwork(NetworkFile file, std::string bytes)
        : file_(std::move(file)), module_(load_frozen(file_, std::move(bytes))) {
        // A GPU launches thousands of rows at once; one after the other they would take far longer.
        if (!on_cpu()) return;
        make_threads_independent(module_);
        make_rows_independent(module_);
    }

    c10::IValue run(const at::Tensor& images) override { return run_module(module_, images); }

    Batching batching_for(const at::Tensor& photos) override {
        if (!on_cpu() || !has_products_of_photos(module_, photos)) return Batching::together;
        reload();
        make_rows_independent(module_);
        if (!has_products_of_photos(module_, photos)) return Batching::together;
        reload();  // products of rows, read row by row, would take too long
        return Batching::one_by_one;
    }

    const torch::jit::Module* module() const noexcept override { return &module_; }

  private:
    /// With products that do not depend on the batch, as far as they are known.
    void reload() {
        module_ = torch::jit::Module();  // a large network must not stand in memory twice
        release_memory();
        module_ = load_frozen(file_, read_verified(file_));
        make_threads_independent(module_);
        make_products_independent(module_);
    }

    bool on_cpu() const { return file_.device.kind == DeviceKind::cpu; }

    NetworkFile file_;
    torch::jit::Module module_;
};

}  // namespace

std::unique_ptr<LoadedNetwork> load_network(const NetworkFile& file) {
    std::string bytes = read_verified(file);
    if (holds_package(bytes)) return load_package(file, bytes);
    require_no_exported_program(file, bytes);
    return std::make_unique<ScriptNetwork>(file, std::move(bytes));
}

}  // namespace semscope::network
