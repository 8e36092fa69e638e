# A recipe for Spack from 1.0 on: put it into the folder packages/perebor of a repository of your own.
from spack_repo.builtin.build_systems.cmake import CMakePackage, generator

from spack.package import *


class Perebor(CMakePackage):
    """Parallel hyperparameter search for classifiers of tabular data, whose answer is the same on
    any number of ranks and threads, to the last bit."""

    homepage = "https://example.org/perebor"
    git = "https://example.org/perebor.git"

    license("MIT")

    version("main", branch="main")

    variant("tests", default=False, description="Build the unit tests")

    depends_on("c", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("help2man", type="build")
    depends_on("mpi@3:")
    depends_on("hdf5@1.10.7:1.10,1.12.1:")
    depends_on("sqlite@3.29:")
    depends_on("libyaml")
    depends_on("nettle")
    depends_on("utf8proc")
    depends_on("zlib-api")
    depends_on("zstd")
    depends_on("random123", type="build")
    depends_on("iconv")
    depends_on("cmocka", type=("build", "test"), when="+tests")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("BUILD_TESTING", "tests"),
            self.define("HDF5_PREFER_PARALLEL", self.spec.satisfies("^hdf5+mpi")),
        ]
