#!/usr/bin/env bash
# disk.sh: whatever the disk refuses, a run ends with a message that names the file and what to do, its last checkpoint is good,
# nothing half-written stays, and when the disk is mended the same command goes on to the digest of an undisturbed run. The disk
# is a tmpfs of the script's own: full at each write in turn, without inodes, read-only, not writable, with a folder gone.
#
# Runs in a mount namespace of its own, without the capability by which root writes where it may not.
if [ "${1:-}" != inside ]; then
  if [ "$(id -u)" = 0 ]; then alone=(unshare --mount); else alone=(unshare --map-root-user --mount); fi
  alone+=(setpriv --bounding-set "-dac_override,-dac_read_search")
  place=$(mktemp -d)
  "${alone[@]}" mount -t tmpfs tmpfs "$place" 2>/dev/null || { rmdir "$place"; echo "a tmpfs cannot be mounted here: left out"; exit 77; }
  rmdir "$place"
  exec "${alone[@]}" "$0" inside
fi
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
disk=$dir/disk run=$dir/disk/run
trap 'pkill -9 -f -- "--out $dir/" 2>/dev/null || true; umount "$disk" "$disk" "$dir/over" 2>/dev/null || true; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$disk" "$dir/over"
export TMPDIR=$dir   # the MPI's files too: as root of a namespace only, it may not write to those of root

configure cheetah-dir env.horizon=10 train.rounds=8 train.random_rounds=1 agent.updates=2 agent.hidden=16 agent.embedding=8 \
  model.updates=1 model.warmup_factor=1 replay.trials=32 eval.interval=1 eval.trials=2 checkpoint.interval=1
run whole 1 --set checkpoint.keep=20
declare -A at     # digest after each round
declare -A said   # what could not be written -> how often
for ((round = 1; round <= 8; round++)); do
  mkdir -p "$dir/at-$round/checkpoints"
  ln "$dir/whole/checkpoints/round-0000000$round.h5" "$dir/at-$round/checkpoints/"
  at[$round]=$(digest_of at-$round)
done
status=0

pages() { echo $((($(stat -c %s "$dir/whole/$1") + 4095) / 4096)); }
stands() { sed -nE 's/^\{"state": "(\w+)", "exit": (-?[0-9]+), .*\}$/\1 \2/p' "$run/status.json"; }
leftovers() { find "$disk" -name '*.tmp-*'; }
newest() { { find "$run/checkpoints" -name 'round-*.h5' 2>/dev/null || true; } | sed -nE 's/.*round-0*([0-9]+)\.h5/\1/p' | sort -n | tail -n 1; }

# train_slowly NAME RANKS: a run that takes its time to write checkpoints
train_slowly() {
  export LD_PRELOAD="$GLIBRL_BUILD/tests/mpi/libslow_sync.so" SLOW_SYNC=0.05
  train "$@"
}

# ended WHAT: the run failed with this $status, and as it should
ended() {
  local message file round
  message=$(sed -nE 's/.*glibrl train: (.*)/\1/p' "$log" | head -n 1)
  file=${message#"cannot make folder "} file=${file%%: *} file=${file##*/} file=${file/round-*.h5/round-N.h5}
  said[${file:-none}]=$((${said[${file:-none}]:-0} + 1))
  if [ "$status" = 0 ] || [ "$status" -ge 128 ]; then fail "$1: exit $status"; fi
  grep -qE "$run.*; (free space there|raise the limit|make the folder|have it mounted for writing).*; then the same" <<<"$message" ||
    grep -qE "$run(/lock|/config.ini)?: .*; (free space there|have it mounted)" <<<"$message" ||
    { fail "$1: neither file nor remedy in the message:"; cat "$log"; }
  case $1 in
    read-only*) grep -q "warning: .*/status.json: cannot write" "$log" || { fail "$1: nothing said of status.json"; cat "$log"; } ;;
    *) [ ! -e "$run/status.json" ] || [ "$(stands)" = "failed 1" ] || { fail "$1: status $(stands)"; cat "$log"; } ;;
  esac
  # where nothing can be removed either, the next start does it
  [[ "$1" = read-only* || "$1" = "not writable"* ]] || [ -z "$(leftovers)" ] || fail "$1: left behind: $(leftovers)"
  round=$(newest)
  [ -z "$round" ] || [ "$(digest_of disk/run)" = "${at[$round]}" ] || fail "$1: the checkpoint of round $round is not what it should be"
}

# goes_on WHAT: the same command on the mended disk
goes_on() {
  (train disk/run 1) || { fail "$1: does not go on:"; cat "$log"; }
  [ "$(digest_of disk/run)" = "${at[8]}" ] || fail "$1: another digest"
  [ "$(stands)" = "finished 0" ] || fail "$1: status $(stands) in the end"
  [ "$(rows disk/run)" = 9 ] || fail "$1: $(rows disk/run) rows of metrics"
  [ -z "$(leftovers)" ] || fail "$1: left behind in the end: $(leftovers)"
}

# small OPTIONS RANKS: a run on a disk too small for it, until it is made larger
small() {
  mount -t tmpfs -o "size=20m,nr_inodes=1000,$1" tmpfs "$disk"
  status=0
  (train disk/run "$2") || status=$?
  if [ "$status" = 0 ]; then
    said[nothing]=$((${said[nothing]:-0} + 1))
  else
    ended "$1 on $2 ranks"
    mount -t tmpfs -o remount,rw,size=20m,nr_inodes=1000 tmpfs "$disk"
  fi
  goes_on "$1"
  umount "$disk"
}

# sudden WHAT RANKS BREAK MEND: commands that break the disk once the run has a checkpoint, and mend it
sudden() {
  local pid i
  mount -t tmpfs -o size=20m tmpfs "$disk"
  train_slowly disk/run "$2" &
  pid=$!
  for ((i = 0; i < 3000 * patience; i++)); do
    [ -z "$(newest)" ] && kill -0 $pid 2>/dev/null || break
    sleep 0.01
  done
  eval "$3"
  status=0
  wait $pid || status=$?
  case $1 in
    deleted) [ "$status" = 0 ] || ended "$1 on $2 ranks" ;;   # what is missing is made again, unless it goes while it is written to
    *) ended "$1 on $2 ranks" ;;
  esac
  eval "$4"
  goes_on "$1"
  umount "$disk"
}

# full at each write: configuration, status, first line of metrics, checkpoints, arrays of metrics
first=$((4 + $(pages checkpoints/round-00000001.h5))) each=$(pages checkpoints/round-00000008.h5) arrays=$(pages metrics.h5)
for size in 1 2 3 4 $((first - 1)) $first $((first + arrays / 2)) $((first + 2 * arrays)) $((first + each)) \
  $((first + 2 * each)) $((first + 3 * each)) $((first + 4 * each)); do
  small "size=$((4 * size))k" 1
done
for inodes in 1 2 6 9 11; do small "nr_inodes=$inodes" 1; done   # the folder, the lock, the events, the checkpoints, best.h5
small ro 1
for size in 3 $((first + 1)); do small "size=$((4 * size))k" 2; done
for file in run lock config.ini status.json metrics.jsonl checkpoints round-N.h5 metrics.h5 best.h5; do
  [ -n "${said[$file]:-}" ] || fail "no run failed at $file"
done

fill='dd if=/dev/zero of="$disk/ballast" bs=4k status=none 2>/dev/null || true'
sudden "full" 1 "$fill" 'rm "$disk/ballast"'
sudden "full" 2 "$fill" 'rm "$disk/ballast"'
# over the folder, for that of files open for writing cannot be changed
read_only='mount --bind "$disk" "$dir/over"; mount -o remount,bind,ro "$dir/over"; mount --bind "$dir/over" "$disk"'
sudden "read-only" 1 "$read_only" 'umount "$disk" "$dir/over"'
sudden "read-only" 2 "$read_only" 'umount "$disk" "$dir/over"'
sudden "not writable" 1 'chmod 555 "$run" "$run/checkpoints"' 'chmod 755 "$run" "$run/checkpoints"'
sudden "limit" 1 'prlimit --fsize=100000 --pid $pid' ''
sudden "deleted" 1 'rm -rf "$run/checkpoints"' ''

# what is printed cannot be: the run goes on
mount -t tmpfs tmpfs "$disk"
(log=/dev/full train disk/run 1) || fail "a run whose output cannot be written failed with $?"
goes_on "no output"
umount "$disk"

# a file system with neither links nor locks is good enough
mount -t tmpfs tmpfs "$disk"
(export LD_PRELOAD="$GLIBRL_BUILD/tests/mpi/libpoor_disk.so"; train disk/run 1 --set checkpoint.keep=20) || { fail "no links, no locks: exit $?"; cat "$log"; }
grep -q "the file system has no locks .*no second run" "$log" || { fail "no locks: nobody said so"; cat "$log"; }
[ "$(sha256sum "$run"/checkpoints/*.h5 | sort | uniq -w 64 -d | wc -l)" = 1 ] &&
  [ "$(stat -c %h "$run/checkpoints/best.h5")" = 1 ] || fail "no copy of the best checkpoint"
goes_on "no links, no locks"

printf 'could not be written:'
for file in "${!said[@]}"; do printf ' %s %d' "$file" "${said[$file]}"; done
echo
exit $failed
