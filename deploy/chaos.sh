#!/usr/bin/env bash
# chaos.sh: the long form of the test `chaos`: a run that is disturbed at random moments until it has had many faults.
set -euo pipefail
case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/chaos.sh [FAULTS [SEED]]

Trains a small cheetah-dir run under SIGKILL, SIGTERM, SIGUSR1, SIGSTOP and cut checkpoints, on changing numbers of ranks,
until it has had FAULTS (default: 100) faults, and compares its digest with that of an undisturbed run. About ten minutes.
HELP
    exit 0 ;;
esac
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ -x "$top/build/glibrl" ] || { echo "chaos: no build/glibrl; run deploy/quickstart.sh or deploy/test.sh first" >&2; exit 1; }
export GLIBRL_BUILD=$top/build OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe \
  OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_plm=isolated
[ "$(id -u)" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
exec "$top/tests/mpi/chaos.sh" "${1:-100}" "${2:-1}"
