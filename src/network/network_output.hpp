#pragma once

#include "semscope/network/segmenter.hpp"

#include <torch/script.h>

#include <cstdint>
#include <span>
#include <string>

/// What networks return.
namespace semscope::network {

/// The tensor of an output: itself; the first one of a tuple or list; "logits" or "out" of a dictionary. Throws
/// InputError that says what there is instead.
at::Tensor tensor_of(const c10::IValue& output);

/// Which part of the output tensor_of takes, as "the first of a tuple of 2"; "" where it is one tensor.
std::string describe_part(const c10::IValue& output);

/// The scores of `photos` photos, [photos,C]: tensor_of without trailing dimensions of length 1, and with the dimension
/// of the batch where a batch of one has lost it.
at::Tensor scores_of(const c10::IValue& output, std::int64_t photos);

/// What rows of scores can be, by their values.
enum class ScoreKind {
    logits,             ///< any numbers
    log_probabilities,  ///< the logarithms of numbers that sum to 1: their softmax are these
    probabilities,      ///< in 0..1, sum 1
    independent,        ///< in 0..1 with other sums, as of a sigmoid
};

/// What `kind` is declared as.
ModelOutput declaration_of(ScoreKind kind);

/// What is wrong with scores of this kind where `declared` is what `option` says, with what to set; "" = nothing.
std::string problem_with_kind(ScoreKind kind, ModelOutput declared, const char* option);

/// By how much the sum of probabilities in this type may miss 1.
double sum_tolerance(at::ScalarType type);

/// The kind of `scores`, [N,C,...], C > 1, along dimension 1, of a network that computes in `type`.
ScoreKind kind_of(const at::Tensor& scores, at::ScalarType type);

/// The logits [K,h,w] of a photo and, where it was mirrored too, those of the mirror image turned back.
struct PhotoLogits {
    at::Tensor plain;
    at::Tensor mirrored;  ///< undefined = none
};

/// The classes of every pixel at the size `stored`, see Segmenter::segment. Works in strips of rows, so that the memory
/// stays bounded whatever the size of the photo.
Segmentation best_classes(const PhotoLogits& logits, data::ImageSize stored, std::span<const std::uint16_t> mapping,
                          float min_confidence);

}  // namespace semscope::network
