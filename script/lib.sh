# shellcheck shell=bash
# What the scripts of this folder share: one-line errors, finding a Rust that is new enough, and test steps
# with a summary, and apt. It is sourced, never run; nothing is installed unless a script asks for it.

# One-line error, then exit. The text says what to do next.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Whether a command of this name can be run.
have() {
    command -v "$1" >/dev/null 2>&1
}

# Whether version $1 is $2 or newer.
at_least() {
    printf '%s\n%s\n' "$2" "$1" | sort --version-sort --check=quiet
}

# The oldest Rust that builds the project. Cargo.toml decides; call it in the repository's root.
required_rust() {
    sed -n 's/^rust-version = "\([0-9.]*\)"$/\1/p' Cargo.toml
}

# The version of everything here. Cargo.toml decides; call it in the repository's root.
project_version() {
    sed -n '/^\[workspace.package\]$/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml
}

# The part of the version that programs are bound to: before 1.0 a minor version may break what was, from then on a major one.
interface_version() {
    project_version | sed -E 's/^(0\.[0-9]+|[0-9]+).*/\1/'
}

# The version of the Rust in folder $1; empty if it holds no cargo with a working rustc.
rust_version_in() {
    [[ -x $1/cargo && -x $1/rustc ]] || return 0
    { "$1/rustc" --version 2>/dev/null || true; } | sed -n 's/^rustc \([0-9.]*\).*/\1/p'
}

# Puts the first Rust that is new enough at the head of PATH. Two places are tried beside PATH itself:
# rustup's folder, which shells that are not login shells often lack, and /usr/bin, where Debian's Rust hides
# behind an older one. Fails if there is none.
use_rust() {
    local required dir version dirs
    required=$(required_rust)
    IFS=: read -r -a dirs <<<"$PATH:${CARGO_HOME:-${HOME:-/nonexistent}/.cargo}/bin:/usr/bin"
    for dir in "${dirs[@]}"; do
        version=$(rust_version_in "$dir")
        if [[ -n $version ]] && at_least "$version" "$required"; then
            [[ $PATH == "$dir":* ]] || PATH=$dir:$PATH
            export PATH
            return 0
        fi
    done
    return 1
}

# Whether cargo's clippy or fmt runs. Asked by running it, because rustup keeps a proxy for what is not installed.
# The scripts call cargo-clippy and cargo-fmt by those names: "cargo fmt" looks into CARGO_HOME before PATH, and
# would take the one of an old rustup for a newer Rust of Debian's.
have_tool() {
    "cargo-$1" --version >/dev/null 2>&1
}

# Runs a command as root. dpkg calls programs of sbin, which are not in every PATH.
as_root() {
    local command=(env "PATH=$PATH:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive "$@")
    if ((EUID == 0)); then
        "${command[@]}"
    else
        sudo "${command[@]}"
    fi
}

# The lock is waited for: a machine that has just started often upgrades itself.
apt_get() {
    as_root apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# install_packages NAME...: with Debian's packages; the caller looks first what is missing.
install_packages() {
    have apt-get ||
        die "this machine has no apt-get: install by hand what these packages hold, then run this again: $*"
    ((EUID == 0)) || have sudo ||
        die "root is needed and there is no sudo: run as root: $0"
    printf 'installing %s\n' "$*"
    apt_get update || die 'apt-get update failed: check the network and /etc/apt, then run this again'
    apt_get install -y --no-install-recommends "$@" ||
        die "apt-get could not install a package: mend what it says above, then run this again"
    hash -r
}

# What became of each step, by name: the result, the seconds, a note.
declare -A step_result=() step_seconds=() step_note=()
skip_reason=''

# step NAME CMD...: runs CMD, output untouched, and notes how it ended; a failure does not stop the script. CMD
# runs where errexit has no effect, so a function given here is one command or several joined by &&.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    skip_reason=''
    printf '\n==> %s\n' "$name"
    "$@" || status=$?
    step_seconds[$name]=$((SECONDS - start))
    if ((status == 0)); then
        step_result[$name]=ok
    elif [[ -n $skip_reason ]]; then
        step_result[$name]=skipped
        step_note[$name]=$skip_reason
        printf 'skipped: %s\n' "$skip_reason"
    else
        step_result[$name]=FAILED
        step_note[$name]="exit $status; again: script/${0##*/} $name"
    fi
}

# Called inside a step that cannot run here: the summary shows the reason.
skip() {
    skip_reason=$*
    return 1
}

# Notes a step that was not run at all, with the reason.
skip_step() {
    step_result[$1]=skipped
    step_note[$1]=$2
}

# summary NAME...: the table of these steps. Fails if one failed or never came to a result.
summary() {
    local name result ok=0 failed=0 skipped=0
    printf '\n%-12s %-8s %7s\n' step result seconds
    for name in "$@"; do
        result=${step_result[$name]:-FAILED}
        case $result in
        ok) ok=$((ok + 1)) ;;
        skipped) skipped=$((skipped + 1)) ;;
        *) failed=$((failed + 1)) ;;
        esac
        printf '%-12s %-8s %7s  %s\n' "$name" "$result" "${step_seconds[$name]:--}" "${step_note[$name]:-}"
    done
    printf '%d ok, %d FAILED, %d skipped\n' "$ok" "$failed" "$skipped"
    ((failed == 0))
}
