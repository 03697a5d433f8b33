#!/usr/bin/env bash
# chaos.sh: the long form of the test `chaos`: a run that is disturbed at random moments until it has had many faults.
set -euo pipefail
case ${1:-} in
  --help)
    cat <<'HELP'
Usage: deploy/chaos.sh [FAULTS [SEED [KIND]...]]

Trains a small cheetah-dir run under SIGKILL of the job or of an actor, SIGTERM, SIGUSR1, SIGSTOP and cut checkpoints, on changing
numbers of ranks, until it has had FAULTS (default: 100) faults, and compares its digest with that of an undisturbed run. About
ten minutes. KIND: only these faults, of kill, actor, preempt, signal, freeze, truncate (tests/mpi/chaos.sh says what they are).
HELP
    exit 0 ;;
esac
. "$(dirname "${BASH_SOURCE[0]}")/built.sh"
export GLIBRL_BUILD=$build
exec "$top/tests/mpi/chaos.sh" "${1:-100}" "${2:-1}" "${@:3}"
