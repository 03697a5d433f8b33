"""glibrl as a package of Spack. MuJoCo and the model files are not Spack's: two variants say where they are."""
import os
from pathlib import Path

from spack_repo.builtin.build_systems.meson import MesonPackage

from spack.package import *

CLONE = Path(__file__).resolve().parents[6]


class Glibrl(MesonPackage):
    """Distributed meta reinforcement learning with exact Bayesian linear task models, over MPI and MuJoCo."""

    license("Apache-2.0")

    # What is committed in the clone that this file lies in.
    version("main", branch="main", git=CLONE.as_uri())

    variant("mujoco", default="/opt/mujoco", values=os.path.isabs, multi=False,
            description="folder of MuJoCo 3.3.0: include/mujoco, and libmujoco.so in it or in its lib")
    variant("models", default="/opt/models", values=os.path.isabs, multi=False,
            description="folder with the unpacked packages gymnasium 1.4.0 and metaworld 3.1.1, for their model files")

    depends_on("c", type="build")
    depends_on("meson@1.0:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("python@3.10:", type="build")
    depends_on("mpi@3:")
    depends_on("openblas threads=none")
    depends_on("hdf5@1.10: ~mpi")
    depends_on("msgpack-c")
    depends_on("xxhash")
    depends_on("random123")
    depends_on("inih")

    def meson_args(self):
        mpi = self.spec["mpi"]
        return [
            f"-Dmpicc={mpi.mpicc}",
            f"-Dmpirun={join_path(mpi.prefix.bin, 'mpirun')}",
            f"-Dmujoco_prefix={self.spec.variants['mujoco'].value}",
            f"-Dmodel_dir={self.spec.variants['models'].value}",
            "-Dmarch=",   # the flags of the target come from Spack's compiler wrapper
            "-Dtests=false",
        ]

    @run_after("install")
    def put_launcher_beside(self):
        """glibrl sbatch takes the mpirun beside the program: that of the MPI it was built with."""
        os.symlink(join_path(self.spec["mpi"].prefix.bin, "mpirun"), join_path(self.prefix.bin, "mpirun"))
