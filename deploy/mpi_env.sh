#!/usr/bin/env bash
# mpi_env.sh: sourced by scripts that start ranks on this machine alone. Both Open MPI 4 and 5 take these: more ranks than cores,
# waiting ranks give way, no ssh is asked for, and root is let through (it asks twice).
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_plm=isolated
[ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
