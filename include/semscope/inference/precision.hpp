#pragma once

namespace semscope::inference {

/// What a network computes in; softmax is always fp32.
enum class Precision { fp32, bf16, fp16 };

}  // namespace semscope::inference
