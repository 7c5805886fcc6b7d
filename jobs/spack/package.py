"""semscope for Spack. Not built here: the names of the packages and variants were compared with Spack's repository (July
2026), and nothing more. Copy it to packages/semscope/package.py of a Spack repository of your own, then in a clone:

    spack dev-build semscope@0.1.0 +cuda cuda_arch=90
"""

from spack_repo.builtin.build_systems.cmake import CMakePackage
from spack_repo.builtin.build_systems.cuda import CudaPackage

from spack.package import *


class Semscope(CMakePackage, CudaPackage):
    """Explains scene classifiers by semantic-class occlusion, on clusters."""

    license("MIT")

    version("0.1.0")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("mpi")
    depends_on("hdf5@1.10:+mpi+hl")
    depends_on("py-torch@1.13:~cuda", when="~cuda")
    for architecture in CudaPackage.cuda_arch_values:
        depends_on(
            f"py-torch@2.0:+cuda cuda_arch={architecture}", when=f"+cuda cuda_arch={architecture}"
        )
    depends_on("opencv@4.6:4+imgproc")
    depends_on("libjpeg-turbo")
    depends_on("libpng")
    depends_on("zlib-api")
    depends_on("libarchive")
    depends_on("minizip")
    depends_on("boost@1.74:+program_options")
    depends_on("openssl")
    depends_on("fmt@9:")
    depends_on("spdlog@1.10:")
    depends_on("nlohmann-json@3.11:")
    depends_on("cairo@1.16:+svg+pdf+png+ft+fc")
    depends_on("pango@1.50:")
    depends_on("random123")
    depends_on("tbb")
    with default_args(type="test"):
        depends_on("googletest@1.12:+gmock")
        depends_on("benchmark")
        depends_on("opencv+imgcodecs")

    conflicts("%gcc@:11", msg="semscope is written in C++20")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define("SEMSCOPE_TESTS", self.run_tests),
            self.define("SEMSCOPE_TORCH", self["py-torch"].cmake_prefix_paths[0]),
            self.define_from_variant("SEMSCOPE_CUDA", "cuda"),
        ]
