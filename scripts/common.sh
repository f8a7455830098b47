# What the scripts share; sourced by each of them, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

# Colours only for a person.
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' green='' red='' plain=''
fi
readonly bold green red plain

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
good() { printf '%s==> %s%s\n' "$green" "$*" "$plain"; }
die() {
  printf '%s==> %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

# usage: build PRESET [TARGET...]
# Configures once and builds; prints ninja's progress only on a terminal, and
# what failed always.
build() {
  local preset=$1 options=()
  shift
  [[ $# -eq 0 ]] || options+=(--target "$@")
  [[ -t 1 ]] || options+=(-- --quiet)
  configure "$preset" && cmake --build "$root/build/$preset" "${options[@]}"
}

# An unchanged configuration is ninja's to notice.
configure() {
  local log=$root/build/configure-$1.log
  [[ ! -f $root/build/$1/build.ninja ]] || return 0
  mkdir -p "$root/build"
  cmake -S "$root" --preset "$1" > "$log" 2>&1 || {
    cat "$log"
    die "cannot configure the preset $1"
  }
}
