"""Opens an occlusion file with h5py and xarray: every dimension is named and has a scale."""
import sys

import h5py
import xarray

GROUPS = {
    "image": {"path": ("dim_image",), "scene": ("dim_image",), "status": ("dim_image",), "loss": ("dim_image",),
              "photo_digest": ("dim_image",), "label_digest": ("dim_image",),
              "variant_offset": ("dim_image_boundary",), "probability": ("dim_image", "dim_scene")},
    "variant": {"image": ("dim_variant",), "semantic": ("dim_variant",), "pixels": ("dim_variant",),
                "probability": ("dim_variant", "dim_scene")},
    "scene": {"name": ("dim_scene",)},
    "semantic": {"name": ("dim_semantic",)},
}

with h5py.File(sys.argv[1], "r") as file:
    def check(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        assert item.attrs["long_name"], name
        if name.startswith("dim_"):
            assert h5py.h5ds.is_scale(item.id), name
            return
        for dimension in item.dims:
            assert len(dimension) == 1 and dimension.label, f"{name}: a dimension without scale or label"
            assert "dim_" + dimension.label == dimension[0].name.strip("/"), name
    file.visititems(check)
    assert file.attrs["format"] == b"semscope occlusion" or file.attrs["format"] == "semscope occlusion"

# netCDF-4 has no fixed-length strings: its own engine reads the file without the names.
engines = {"h5netcdf": [], "netcdf4": ["path", "name"]}
engines = {engine: left_out for engine, left_out in engines.items() if engine in xarray.backends.list_engines()}
assert "h5netcdf" in engines, "python3-h5netcdf is missing"
for engine, left_out in engines.items():
    for group, names in GROUPS.items():
        with xarray.open_dataset(sys.argv[1], group=group, engine=engine, drop_variables=left_out) as data:
            for name, dimensions in names.items():
                if name not in left_out:
                    assert data[name].dims == dimensions, (engine, group, name, data[name].dims)
print("read with", ", ".join(["h5py", *engines]))
