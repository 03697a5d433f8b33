#!/usr/bin/env bash
# doctor.sh: on three ranks the doctor finds good wiring good; a rank whose messages change, one that answers late, and a file
# system without locks are named.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
host=$(uname -n)

# doctor: on three ranks; $status gets its exit code
doctor() {
  status=0
  "${mpirun[@]}" -n 3 "$glibrl" doctor --out "$dir/new" >"$log" 2>&1 || status=$?
  [ ! -e "$dir/new" ] || fail "something is left of the trial"
}
says() { grep -qE "^$1" "$log" || fail "no line \"$1\""; }
silent() { ! grep -qE "^$1" "$log" || fail "a line \"$1\""; }

doctor
[ "$status" = 0 ] || fail "exit $status"
says "ok    mpi      round trip [0-9.]+ [um]s \.\. [0-9.]+ [um]s \(slowest: rank [12] on $host\), [0-9.]+ GB/s at least \(rank [12] on $host\)$"
says "ok    mpi      messages, broadcast and reduction of 1 MiB right on 3 ranks"
says "ok    lock "
silent "FAIL"
[ "$failed" = 0 ] || cat "$log"

bad=$GLIBRL_BUILD/tests/mpi/libbad_wire.so:$GLIBRL_BUILD/tests/mpi/libpoor_disk.so
glibrl=$dir/glibrl   # the program alone is to have them, not its launcher
printf '#!/bin/sh\nLD_PRELOAD=%s BAD_WIRE=2 SLOW_WIRE=1 exec "%s" "$@"\n' "$bad" "$GLIBRL_BUILD/glibrl" >"$glibrl"
chmod +x "$glibrl"
doctor
[ "$status" = 1 ] || fail "exit $status with a bad network"
says "FAIL  mpi      rank 2 on $host: messages to and from it came out wrong"
says "FAIL  mpi      rank 2 on $host: what a broadcast brings it came out wrong"
says "FAIL  mpi      rank 2 on $host: what a reduction, through other ranks, makes of its numbers came out wrong"
says "warn  mpi      1 rank is slow to answer, rank 1 on $host most \([0-9.]+ ms, rank 2 takes "
says "warn  lock     the file system has no locks"
silent "FAIL  mpi      rank [01]"
silent "ok    mpi      messages"
[ "$failed" = 0 ] || cat "$log"
exit $failed
