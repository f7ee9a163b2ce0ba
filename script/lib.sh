# shellcheck shell=bash
# What the scripts of this folder share: one-line errors, arguments, finding a Rust that is new enough, apt, a folder and
# programs that go with the script, a server with people, and test steps with a summary. It is sourced, never run; nothing
# is installed unless a script asks for it.

# One-line error, then exit. The text says what to do next.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Wrong arguments: what is wrong with them, in one line, then exit 2.
misused() {
    printf '%s: %s: see %s --help\n' "${0##*/}" "$*" "$0" >&2
    exit 2
}

# answer_help ARGUMENT...: if one of them asks for help, tells the script's usage and exits.
answer_help() {
    local argument
    for argument in "$@"; do
        if [[ $argument == -h || $argument == --help ]]; then
            usage
            exit 0
        fi
    done
}

# check_arguments WORDS ARGUMENT...: answers for help, and refuses what is none of these words. A misspelt one that did
# nothing would look like success.
check_arguments() {
    local words=$1 argument
    shift
    answer_help "$@"
    for argument in "$@"; do
        [[ " $words " == *" $argument "* ]] || misused "unknown argument \"$argument\""
    done
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

# What goes with the script, however it ends: its folder, the server, and the program that it waits for.
folder='' server='' program=''

# Makes `folder`, a temporary one.
use_folder() {
    trap clean_up EXIT
    folder=$(mktemp -d)
}

clean_up() {
    end_process "$program"
    end_process "$server"
    [[ -z $folder ]] || rm -rf "$folder"
}

# Ends a process that this script started, and waits until it is gone.
end_process() {
    # One that has ended is waited for, too: until then it counts as there.
    [[ -z $1 ]] || { kill "$1"; wait "$1"; } 2>/dev/null || true
}

# within SECONDS COMMAND...: runs a program, for so many seconds at most. In the background, because what a shell runs in
# the foreground outlives it.
within() {
    local status=0
    timeout --kill-after=5 "$@" &
    program=$!
    wait "$program" || status=$?
    program=''
    ((status != 124)) || printf '%s: no end within %d seconds: %s\n' "${0##*/}" "$1" "$2" >&2
    return "$status"
}

# Builds `tim_server`.
build_server() {
    cargo build --locked -p tim-server --bin tim-server
    tim_server=${CARGO_TARGET_DIR:-target}/debug/tim-server
}

# start_server ARGUMENT...: builds a server and starts it in `folder`, with these arguments besides; `address` is where it listens.
start_server() {
    build_server
    mkfifo "$folder/said"
    "$tim_server" serve --data "$folder/server" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 "$@" \
        >"$folder/said" 2>"$folder/server.log" &
    server=$!
    # The first line tells the address; the server ends without one if it cannot start.
    exec 3<"$folder/said"
    read -r _ _ address <&3 || die "the server did not start: $(cat "$folder/server.log")"
}

# sig_of SDKAPPID USER: what USER logs in with.
sig_of() {
    "$tim_server" usersig --data "$folder/server" --app "$1" --user "$2"
}

# with_people COMMAND...: runs it with SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER behind, in an application and a
# folder of its own, so that nobody meets what was said elsewhere. Says which command it was that failed.
with_people() {
    local app own status=0
    app=$("$tim_server" app --data "$folder/server" | sed -n 's/^SDKAppID //p')
    own=$(mktemp -d "$folder/people.XXXXXX")
    "$@" "$address" "$app" "$(sig_of "$app" alice)" "$(sig_of "$app" bob)" "$own" || status=$?
    ((status == 0)) || printf '%s: exit %d: %s\n' "${0##*/}" "$status" "$*" >&2
    return "$status"
}

# A script with steps has them in `steps`, NAME|WHAT IT PROVES, in the order they run; each is run by step_NAME. It has a
# `folder`, and ends with run_steps.

# The usage of such a script; others have their own.
usage() {
    local entry
    cat <<TEXT
usage: script/${0##*/} [NAME...]

Runs the named steps, or all of them, and ends with a summary.
The exit code is 0 if no step failed, 1 if one did, 2 if a name is unknown.

TEXT
    # shellcheck disable=SC2154 # the script's
    for entry in "${steps[@]}"; do
        printf '  %-12s %s\n' "${entry%%|*}" "${entry#*|}"
    done
}

# check_steps NAME...: each must be a step.
check_steps() {
    check_arguments "${steps[*]%%|*}" "$@"
}

# run_steps NAME...: runs these, or all, and ends with the summary. Fails if one failed.
run_steps() {
    local name names=("${steps[@]%%|*}")
    for name in "${names[@]}"; do
        if (($# == 0)) || [[ " $* " == *" $name "* ]]; then
            step "$name" "step_$name"
        else
            step_result[$name]=skipped
            step_note[$name]='not asked for'
        fi
    done
    summary "${names[@]}"
}

# What became of each step, by name: the result, the seconds it took and had of processors, a note.
declare -A step_result=() step_seconds=() step_cpu=() step_note=()
skip_reason=''

# The processor seconds of everything that this shell has run and waited for: they tell what a step costs where others keep
# the machine busy. Into `cpu`, because a subshell would tell of its own children.
cpu=0
count_cpu() {
    times >"$folder/times"
    cpu=$(awk -F '[ms ]+' 'NR == 2 { printf "%d", ($1 + $3) * 60 + $2 + $4 }' "$folder/times")
}

# So many lines of what a failed step printed last are repeated behind the summary: the beginning of a long log may be cut.
repeated_lines=60

# logged LOG CMD...: runs CMD in this shell, and keeps what it prints in LOG too. A terminal is left alone.
logged() {
    local log=$1 status=0 writer
    shift
    if [[ -t 1 ]]; then
        "$@"
        return
    fi
    "$@" > >(exec tee "$log") 2>&1 || status=$?
    writer=$!
    # A process that the command left behind may hold the pipe: it is not waited for.
    for _ in {1..50}; do
        kill -0 "$writer" 2>/dev/null || break
        sleep 0.1
    done
    return "$status"
}

# step NAME CMD...: runs CMD, output untouched, and notes how it ended; a failure does not stop the script. CMD
# runs where errexit has no effect, so a function given here is one command or several joined by &&. If CMD is a script
# with steps of its own, it tells in the file TIM_FAILED_STEPS which of them are to be run again.
step() {
    local name=$1 start=$SECONDS cpu_before status=0 failed=$folder/failed
    shift
    skip_reason=''
    printf '\n==> %s\n' "$name"
    count_cpu
    cpu_before=$cpu
    TIM_FAILED_STEPS=$failed logged "$folder/$name.log" "$@" || status=$?
    step_seconds[$name]=$((SECONDS - start))
    count_cpu
    step_cpu[$name]=$((cpu - cpu_before))
    if ((status == 0)); then
        step_result[$name]=ok
    elif [[ -n $skip_reason ]]; then
        step_result[$name]=skipped
        step_note[$name]=$skip_reason
        printf 'skipped: %s\n' "$skip_reason"
    else
        step_result[$name]=FAILED
        step_note[$name]="exit $status; again: $(cat "$failed" 2>/dev/null || echo "script/${0##*/} $name")"
        rm -f "$failed"
    fi
}

# Called inside a step that cannot run here: the summary shows the reason.
skip() {
    skip_reason=$*
    return 1
}

# summary NAME...: the table of these steps. Fails if one failed or never came to a result.
summary() {
    local name result ok=0 skipped=0 failed=()
    printf '\n%-12s %-8s %7s %7s\n' step result seconds cpu
    for name in "$@"; do
        result=${step_result[$name]:-FAILED}
        case $result in
        ok) ok=$((ok + 1)) ;;
        skipped) skipped=$((skipped + 1)) ;;
        *) failed+=("$name") ;;
        esac
        printf '%-12s %-8s %7s %7s  %s\n' "$name" "$result" "${step_seconds[$name]:--}" "${step_cpu[$name]:--}" \
            "${step_note[$name]:-}"
    done
    printf '%d ok, %d FAILED, %d skipped, in %d seconds\n' "$ok" "${#failed[@]}" "$skipped" "$SECONDS"
    ((${#failed[@]} == 0)) && return
    for name in "${failed[@]}"; do
        [[ ! -s $folder/$name.log ]] || { printf '\n==> the end of %s\n' "$name" && tail -n "$repeated_lines" "$folder/$name.log"; }
    done
    [[ -z ${TIM_FAILED_STEPS:-} ]] || printf 'script/%s %s\n' "${0##*/}" "${failed[*]}" >"$TIM_FAILED_STEPS"
    return 1
}
