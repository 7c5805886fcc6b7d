#pragma once

#include "semscope/figures/image.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace semscope::figures {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Decodes a PNG with libpng's own simple reader.
inline data::Image decode_png(const std::string& bytes) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    data::Image image;
    if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
        ADD_FAILURE() << "not a PNG: " << png.message;
        return image;
    }
    png.format = PNG_FORMAT_RGB;
    image.size = {static_cast<int>(png.width), static_cast<int>(png.height)};
    image.pixels.resize(PNG_IMAGE_SIZE(png));
    EXPECT_NE(png_image_finish_read(&png, nullptr, image.pixels.data(), 0, nullptr), 0) << png.message;
    return image;
}

using Xml = boost::property_tree::ptree;

/// Parses a document; throws when it is not well-formed.
inline Xml parse_xml(const std::string& text) {
    std::istringstream stream(text);
    Xml document;
    boost::property_tree::read_xml(stream, document);
    return document;
}

/// All elements of a name below `node` whose class attribute is `kind` (any when empty), in document order.
inline std::vector<Xml> elements(const Xml& node, const std::string& name, const std::string& kind = "") {
    std::vector<Xml> found;
    for (const auto& [key, child] : node) {
        if (key == name && (kind.empty() || child.get("<xmlattr>.class", "") == kind)) found.push_back(child);
        const std::vector<Xml> below = elements(child, name, kind);
        found.insert(found.end(), below.begin(), below.end());
    }
    return found;
}

inline std::string attribute(const Xml& element, const std::string& name) {
    return element.get<std::string>("<xmlattr>." + name);
}

inline double number(const Xml& element, const std::string& name) { return std::stod(attribute(element, name)); }

/// Texts of all <text> elements.
inline std::vector<std::string> texts(const Xml& document) {
    std::vector<std::string> found;
    for (const Xml& element : elements(document, "text")) found.push_back(element.data());
    return found;
}

}  // namespace semscope::figures
