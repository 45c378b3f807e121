#!/usr/bin/env bash
# Makes .venv with everything in requirements.lock, and the system packages named as arguments.
# Quick when nothing changed; a half-made .venv is repaired.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

# Installs Debian packages when that needs no password; otherwise says the one line to run.
install_packages() {
  local missing=() sudo=()
  for package in "$@"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  say "installing ${missing[*]}"
  if command -v apt-get >/dev/null &&
    { "${sudo[@]}" apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}"; } >/dev/null 2>&1; then
    return 0
  fi
  say "could not install ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
  return 1
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  say "needs Python 3.11 or newer as '$python'. Install one, or run: PYTHON=/path/to/python3 make setup"
  exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv

stamp=.venv/.made-from
wanted=$(cat requirements.lock pyproject.toml scripts/setup.sh | sha256sum)
if [ ! -x .venv/bin/unrolled ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] ||
  ! .venv/bin/python -c 'import unrolled' 2>/dev/null; then
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "making .venv"
    "$python" -m venv --clear .venv
  fi
  # uv's own pin, with its hashes, is one entry of the lock.
  awk '/^[^ ]/ { ours = /^uv==/ } ours' requirements.lock >.venv/uv.lock
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
  say "installing what requirements.lock pins (a few minutes the first time)"
  # Compiled now: TensorFlow takes 8 s to import from source, 2.4 s from bytecode.
  export VIRTUAL_ENV="$PWD/.venv" UV_LINK_MODE=copy
  .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
  .venv/bin/uv pip install --quiet --no-deps --editable .
  printf '%s\n' "$wanted" >"$stamp"
fi

if [ $# -gt 0 ] && ! install_packages "$@" && [ "${CI:-}" = true ]; then
  exit 1
fi
