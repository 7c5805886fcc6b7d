#include "semscope/figures/picture.hpp"

#include "cairo_canvas.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/figures/image.hpp"
#include "svg_canvas.hpp"

#include <cairo-pdf.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <system_error>

namespace semscope::figures {

void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite) {
    std::error_code ignored;
    if (overwrite == Overwrite::no && std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
        throw UsageError(fmt::format("{}: exists already and may not be replaced", path.string()));
    write_file_atomically(path, bytes, overwrite == Overwrite::yes ? Existing::replace : Existing::keep);
}
namespace {

constexpr double points_per_inch = 72;

data::Image image_of(cairo_surface_t* surface) {
    cairo_surface_flush(surface);
    data::Image image;
    image.size = {cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface)};
    image.pixels.resize(3 * image.width() * image.height());
    const unsigned char* const data = cairo_image_surface_get_data(surface);
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
    std::uint8_t* target = image.pixels.data();
    for (std::size_t y = 0; y < image.height(); ++y)
        for (std::size_t x = 0; x < image.width(); ++x) {
            std::uint32_t pixel = 0;
            std::memcpy(&pixel, data + y * stride + 4 * x, sizeof pixel);
            *target++ = static_cast<std::uint8_t>(pixel >> 16);
            *target++ = static_cast<std::uint8_t>(pixel >> 8);
            *target++ = static_cast<std::uint8_t>(pixel);
        }
    return image;
}

std::string render_png(const Picture& picture, double dpi) {
    if (!(dpi >= 10 && dpi <= 1200)) throw UsageError(fmt::format("a resolution of {} dpi is outside 10 to 1200", dpi));
    const double scale = dpi / points_per_inch;
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                     static_cast<int>(std::ceil(picture.size.width * scale)),
                                                     static_cast<int>(std::ceil(picture.size.height * scale))));
    require(surface.get());
    const Context context(cairo_create(surface.get()));
    cairo_set_source_rgb(context.get(), 1, 1, 1);
    cairo_paint(context.get());
    cairo_scale(context.get(), scale, scale);
    CairoCanvas canvas(context.get(), true);
    picture.draw(canvas);
    require(context.get());
    return png_of(image_of(surface.get()), dpi);
}

cairo_status_t append(void* bytes, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

std::string render_pdf(const Picture& picture) {
    std::string bytes;
    const Surface surface(
        cairo_pdf_surface_create_for_stream(&append, &bytes, picture.size.width, picture.size.height));
    require(surface.get());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, printable(picture.title).c_str());
    // Without this Cairo writes the time of day, and no two files would be equal.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, nullptr);
    const Context context(cairo_create(surface.get()));
    CairoCanvas canvas(context.get(), false);
    picture.draw(canvas);
    require(context.get());
    cairo_surface_finish(surface.get());
    require(surface.get());
    return bytes;
}

std::string render_svg(const Picture& picture) {
    SvgCanvas canvas(picture.size, picture.title);
    picture.draw(canvas);
    return canvas.finish();
}

}  // namespace

Format format_of(std::string_view name) {
    for (const Format format : {Format::png, Format::svg, Format::pdf})
        if (name == name_of(format)) return format;
    throw UsageError(fmt::format("unknown picture format \"{}\": png, svg and pdf are known", name));
}

std::string_view name_of(Format format) {
    return format == Format::png ? "png" : format == Format::svg ? "svg" : "pdf";
}

std::string render(const Picture& picture, Format format, double dpi) {
    switch (format) {
        case Format::svg:
            return render_svg(picture);
        case Format::pdf:
            return render_pdf(picture);
        case Format::png:
            break;
    }
    return render_png(picture, dpi);
}

void save(const Picture& picture, const std::filesystem::path& path, Overwrite overwrite, double dpi) {
    const std::string extension = path.extension().string();
    const Format format = format_of(extension.empty() ? extension : extension.substr(1));
    write_file(path, render(picture, format, dpi), overwrite);
}

}  // namespace semscope::figures
