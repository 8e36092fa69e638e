# Sourced by tests under Slurm after cluster.sh: searches that are submitted, and held while something is
# done to them. Needs $PEREBOR, $script (search.sbatch), $tables and $hold_library.

. "$(dirname "$tables")/hold.sh"
cp "$tables"/* "$work"
cd "$work"
sed "s/run_cap: 12/run_cap: 6000/" people.yaml >long.yaml
mkdir bin
# What the script calls: a perebor that can be held, with one thread a rank and nothing shared.
cat >bin/perebor <<WRAPPER
#!/bin/sh
HOLD_ARMED=$work/armed HOLD_HELD=$work/held HOLD_AT=2
export HOLD_ARMED HOLD_HELD HOLD_AT
[ "\$1" = run ] || exec "$PEREBOR" "\$@"
export LD_PRELOAD=$hold_library ASAN_OPTIONS="\${ASAN_OPTIONS:+\$ASAN_OPTIONS:}verify_asan_link_order=0"
exec "$PEREBOR" "\$@" -q --share off -t 1
WRAPPER
chmod +x bin/perebor
PATH=$work/bin:$PATH
export PATH
"$PEREBOR" run long.yaml -o long.h5 -q
expected=$("$PEREBOR" digest long.h5)

# submit NAME [OPTION...]: the search to NAME.h5 on both nodes; sets $job
submit() {
    name=$1
    shift
    job=$(sbatch --parsable --nodes=2 --ntasks=2 --output="$work/$name.out" "$@" "$script" long.yaml "$name.h5")
}

# submit_held NAME [OPTION...]: the same, and waits until it is held
submit_held() {
    arm
    submit "$@"
    await "$1 to be held" [ -e held ]
}

fail() {
    echo "$1" >&2
    cat "$work"/*.out >&2
    exit 1
}

# ends JOB STATE CODE
ends() {
    await "job $1 to be $2" is "$1" "$2"
    [ "$(how_it_ended "$1")" = "$3" ] || fail "job $1: $(how_it_ended "$1"), not $3"
}

# is_whole NAME: every trial is there, and the digest is that of the search on one rank
is_whole() {
    [ "$("$PEREBOR" digest "$1.h5")" = "$expected" ] || fail "$1: another digest"
    [ ! -e "$1.h5.journal" ] || fail "$1: a journal is left"
    echo "$1: the same digest"
}

# is_begun NAME: some trials are finished, and some are not
is_begun() {
    finished=$("$PEREBOR" status "$1.h5" | sed -n 's/^trials *\([0-9]*\) .*/\1/p')
    [ "$finished" -gt 0 ] && [ "$finished" -lt 6000 ] || fail "$1: $finished trials are finished"
}

# rank_of JOB TASK: the process that computes; the one above it is Slurm's child.
rank_of() {
    for process in $(pgrep -f "$PEREBOR run"); do
        { tr '\0' '\n' <"/proc/$process/environ" >environ; } 2>/dev/null || continue
        grep -qx "SLURM_JOB_ID=$1" environ && grep -qx "SLURM_PROCID=$2" environ || continue
        pgrep -P "$process" || true
    done
}

# begins_again JOB: it ended, and asks for another turn
begins_again() { await "job $1 to be requeued" waits_again "$1"; }
waits_again() { is "$1" PENDING && [ "$(scontrol --oneliner show job "$1" | sed -n 's/.* Restarts=\([0-9]*\).*/\1/p')" -ge 1 ]; }

# kill_second_node: the daemon of n2, what it started for the job, and the ranks there
kill_second_node() {
    ranks=$(for process in $(pgrep -f "$PEREBOR run"); do
        { tr '\0' '\n' <"/proc/$process/environ" >environ; } 2>/dev/null || continue
        ! { grep -qx "SLURM_JOB_ID=$job" environ && grep -qx "SLURM_PROCID=1" environ; } || echo "$process"
    done)
    steps=$(for process in $ranks; do
        parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status")
        [ "$(cat "/proc/$parent/comm")" != slurmstepd ] || echo "$parent"
    done)
    [ -n "$steps" ]
    kill -KILL "$(cat "$cluster/slurmd-n2.pid")" $steps $ranks
}
