#include "batch_graph.hpp"

#include "batching.hpp"
#include "module_file.hpp"

#include <new>

namespace semscope::network {

GraphTrial try_graph(const ScoresOf& network, const at::Tensor& photos, const GraphCapture& capture) {
    const torch::InferenceMode inference;
    const std::int64_t batch = photos.size(0) / 2;
    const at::Tensor first = photos.narrow(0, 0, batch);
    const at::Tensor second = photos.narrow(0, batch, batch);
    try {
        GraphTrial trial{capture(network, first), ""};
        // The one that was not recorded comes first: a graph that does not read its photos shows.
        for (const at::Tensor& images : {second, first})
            if (relative_difference(network(images), trial.graph->replay(images)) != 0)
                return {nullptr, "its scores are not those of the network itself"};
        return trial;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        return {nullptr, first_cause(error.what())};
    }
}

}  // namespace semscope::network
