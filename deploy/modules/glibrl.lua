-- glibrl.lua: a module of Lmod for the clone that this file lies in, built with deploy/setup.sh:
--
--     module use CLONE/deploy/modules
--     module load glibrl
--
-- To keep it elsewhere, write the clone's folder to root. build/ holds glibrl and the mpirun that belongs to it.
local root = myFileName():gsub("/deploy/modules/[^/]*$", "")

help([[Distributed meta reinforcement learning with Bayesian linear task models.
glibrl --help lists the commands, glibrl doctor checks this machine, glibrl sbatch makes job scripts.]])
whatis("Name: glibrl")
whatis("Description: distributed meta reinforcement learning over MPI and MuJoCo")

conflict("openmpi", "mpich", "intel-mpi")   -- for a build with a site's MPI (setup.sh --mpicc): depends_on("openmpi") in its place

prepend_path("PATH", pathJoin(root, "build"))
setenv("GLIBRL_ROOT", root)
