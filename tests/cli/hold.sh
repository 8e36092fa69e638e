# Sourced by tests that stop or kill a search: holds it at a commit, with trials on the disk and more to
# come, for as long as the test likes. Needs $hold_library (hold_commit.c) and $work.

# arm [N]: the next search that is held is so at its N-th commit (2: its first one with trials; 1, if it
# goes on with a journal).
arm() {
    hold_at=${1:-2}
    rm -f "$work/held"
    : >"$work/armed"
}

# held COMMAND...: to be run with &; replaces the shell, so that $! is the command itself.
held() {
    exec env LD_PRELOAD="$hold_library" ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" \
        HOLD_ARMED="$work/armed" HOLD_HELD="$work/held" HOLD_AT="$hold_at" "$@"
}

# await_held PID: until it is held.
await_held() {
    until [ -e "$work/held" ]; do
        kill -0 "$1" 2>/dev/null || { echo "over before it was held" >&2; exit 1; }
        sleep 0.01
    done
}

# await_heard PID: until no signal is under way to it, so that it has heard what was sent before, or it
# is over.
await_heard() {
    while grep -q '^ShdPnd:.*[1-9a-f]' "/proc/$1/status" 2>/dev/null; do
        sleep 0.01
    done
}

# release: lets it go on.
release() { rm -f "$work/held"; }

# below PID: every process below it.
below() {
    for child in $(pgrep -P "$1" || true); do
        echo "$child"
        below "$child"
    done
}
