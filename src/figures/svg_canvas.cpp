#include "svg_canvas.hpp"

#include "semscope/figures/image.hpp"

#include <fmt/format.h>
#include <glib.h>

#include <memory>
#include <string_view>

namespace semscope::figures {

namespace {

/// RFC 4648 base 64 with padding.
std::string base64(std::string_view bytes) {
    const std::unique_ptr<char, decltype(&g_free)> text(
        g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()), &g_free);
    return text.get();
}

/// A length with up to three decimals: 1/1000 point is far below what anybody sees or prints.
std::string length(double value) {
    std::string text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char character : printable(text)) switch (character) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += character;
        }
    return result;
}

std::string pen_attributes(const Pen& pen) {
    std::string text = fmt::format(R"( stroke="{}" stroke-width="{}")", hex(pen.colour), length(pen.width));
    if (pen.dash.empty()) return text;
    std::string dashes;
    for (const double dash : pen.dash) dashes += fmt::format("{}{}", dashes.empty() ? "" : " ", length(dash));
    return text + fmt::format(R"( stroke-dasharray="{}")", dashes);
}

std::string paint_attributes(const Paint& paint) {
    return fmt::format(R"( fill="{}")", paint.fill ? hex(*paint.fill) : "none") +
           (paint.opacity < 1 ? fmt::format(R"( fill-opacity="{}")", paint.opacity) : "") +
           (paint.outline ? pen_attributes(*paint.outline) : "");
}

std::string list_of(const std::vector<Point>& points) {
    std::string list;
    for (const Point point : points)
        list += fmt::format("{}{},{}", list.empty() ? "" : " ", length(point.x), length(point.y));
    return list;
}

std::string_view anchor_name(Anchor anchor) {
    return anchor == Anchor::middle ? "middle" : anchor == Anchor::end ? "end" : "start";
}

std::string font_attributes(const Font& font) {
    return fmt::format(R"( font-family="'{}', sans-serif" font-size="{}"{})", escaped(font.family), length(font.size),
                       font.bold ? R"( font-weight="bold")" : "");
}

// paint-order puts the contour behind the glyphs, so that the text need not be written twice.
std::string halo_attributes(const TextStyle& style) {
    if (!style.halo) return "";
    return fmt::format(R"( stroke="{}" stroke-width="{}" stroke-linejoin="round" paint-order="stroke")",
                       hex(*style.halo), length(2 * style.halo_width));
}

}  // namespace

SvgCanvas::SvgCanvas(Size size, const std::string& title) {
    const std::string width = length(size.width), height = length(size.height);
    out_ = fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" xml:space="preserve" width="{0}pt" height="{1}pt" viewBox="0 0 {0} {1}">
<title>{2}</title>
<rect width="{0}" height="{1}" fill="#ffffff"/>
)",
                       width, height, escaped(title));
}

void SvgCanvas::line(Point from, Point to, const Pen& pen) {
    out_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}"{}/>)", length(from.x), length(from.y), length(to.x),
                        length(to.y), pen_attributes(pen)) +
            "\n";
}

void SvgCanvas::path(const std::vector<Point>& points, const Pen& pen) {
    out_ += fmt::format(R"(<polyline points="{}" fill="none" stroke-linejoin="round"{}/>)", list_of(points),
                        pen_attributes(pen)) +
            "\n";
}

void SvgCanvas::rectangle(const Rect& area, const Paint& paint) {
    out_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}"{}/>)", length(area.x), length(area.y),
                        length(area.width), length(area.height), paint_attributes(paint)) +
            "\n";
}

void SvgCanvas::polygon(const std::vector<Point>& corners, const Paint& paint) {
    out_ += fmt::format(R"(<polygon points="{}"{}/>)", list_of(corners), paint_attributes(paint)) + "\n";
}

void SvgCanvas::circle(Point centre, double radius, const Paint& paint) {
    out_ += fmt::format(R"(<circle cx="{}" cy="{}" r="{}"{}/>)", length(centre.x), length(centre.y), length(radius),
                        paint_attributes(paint)) +
            "\n";
}

void SvgCanvas::text(Point position, const std::string& text, const TextStyle& style) {
    const std::string x = length(position.x), y = length(position.y);
    const std::string turn =
        style.rotation == 0 ? "" : fmt::format(R"svg( transform="rotate({} {} {})")svg", length(-style.rotation), x, y);
    // textLength keeps the text in its place where a viewer has to take another font.
    out_ += fmt::format(R"(<text x="{}" y="{}"{}{} fill="{}" text-anchor="{}" textLength="{}"{}>{}</text>)", x, y, turn,
                        font_attributes(style.font), hex(style.colour), anchor_name(style.anchor),
                        length(measure(text, style.font).width), halo_attributes(style), escaped(text)) +
            "\n";
}

void SvgCanvas::image(const Rect& area, const data::Image& image, Sampling sampling) {
    const std::string_view rendering = sampling == Sampling::nearest ? R"( style="image-rendering:pixelated")" : "";
    // xlink:href as well as href would double the file; the former is what every viewer still reads.
    out_ +=
        fmt::format(
            R"(<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none"{} xlink:href="data:image/png;base64,{}"/>)",
            length(area.x), length(area.y), length(area.width), length(area.height), rendering, base64(png_of(image))) +
        "\n";
}

void SvgCanvas::begin_group(const Note& note) {
    out_ += fmt::format(R"(<g class="{}")", escaped(note.kind));
    for (const auto& [name, value] : note.data) out_ += fmt::format(R"( data-{}="{}")", name, escaped(value));
    out_ += ">\n";
    if (!note.title.empty()) out_ += fmt::format("<title>{}</title>\n", escaped(note.title));
}

void SvgCanvas::end_group() { out_ += "</g>\n"; }

std::string SvgCanvas::finish() { return std::move(out_) + "</svg>\n"; }

}  // namespace semscope::figures
