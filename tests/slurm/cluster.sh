# Sourced by tests under Slurm: a cluster of their own on this machine, two nodes n1 and n2 of two
# processors each, with its own munge. Needs $work, which it lives in; nobody has to be root, and nothing
# outside is touched. What is not installed ends the test with code 77.
#
#   begin_cluster    starts it and waits until both nodes are idle
#   end_cluster      to be called at the end, whatever happened

cluster=$work/cluster
PATH=$PATH:/usr/sbin:/sbin

begin_cluster() {
    for program in munged slurmctld slurmd sbatch srun; do
        command -v "$program" >/dev/null || { echo "no $program here: install slurmctld slurmd slurm-client munge" >&2; exit 77; }
    done
    host=$(hostname -s)
    port=$(free_ports)
    mkdir -p "$cluster/state" "$cluster/spool-n1" "$cluster/spool-n2"
    chmod 755 "$work" "$cluster"
    head -c 32 /dev/urandom >"$cluster/munge.key"
    chmod 400 "$cluster/munge.key"
    munged --force --key-file="$cluster/munge.key" --socket="$cluster/munge.sock" --pid-file="$cluster/munged.pid" \
        --log-file="$cluster/munged.log" --seed-file="$cluster/munged.seed" 2>/dev/null
    # Without cgroups, and with more processors than there are. cred_expire: a job that is requeued begins
    # again after so many seconds and not after two minutes; sooner, nodes take it for the one that ended.
    cat >"$cluster/slurm.conf" <<CONF
ClusterName=perebor
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.sock,cred_expire=6
CredType=cred/munge
SlurmctldPort=$port
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool-%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd-%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd-%n.log
SlurmdDebug=verbose
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
PlugStackConfig=/dev/null
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,sched_interval=1
ReturnToService=1
KillWait=30
SlurmdTimeout=${slurmd_timeout:-300}
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=16000 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 RealMemory=16000 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF="$cluster/slurm.conf"
    # From 22.05 on nodes look for cgroups, whether anything needs them or not, and do not start where none are
    # mounted, unless told; before, they do not know the word.
    case $(slurmctld -V | tr -dc '0-9.') in
    1?.* | 2[01].*) ;;
    22.* | 23.02*) echo CgroupPlugin=cgroup/v1 >"$cluster/cgroup.conf" ;;
    *) echo CgroupPlugin=disabled >"$cluster/cgroup.conf" ;;
    esac
    slurmctld -f "$SLURM_CONF"
    for node in n1 n2; do
        slurmd -f "$SLURM_CONF" -N "$node" || { tail -n 5 "$cluster/slurmd-$node.log" >&2; return 1; }
    done
    await "both nodes" nodes_are idle idle
}

# free_ports: the first of three
free_ports() {
    first=$((20000 + $$ % 4000 * 5))
    while ss -Hltn "sport >= :$first and sport <= :$((first + 2))" | grep -q .; do first=$((first + 5)); done
    echo "$first"
}

end_cluster() {
    [ ! -e "$cluster/slurm.conf" ] || scancel --state=RUNNING --signal=KILL 2>/dev/null || true
    for daemon in slurmd-n1 slurmd-n2 slurmctld munged; do
        [ ! -s "$cluster/$daemon.pid" ] || kill "$(cat "$cluster/$daemon.pid")" 2>/dev/null || true
    done
    for process in $(pgrep slurmstepd || true); do
        ! { tr '\0' '\n' <"/proc/$process/environ"; } 2>/dev/null | grep -q "$cluster" || kill -KILL "$process" 2>/dev/null || true
    done
    for process in $(pgrep -f "$work" || true); do
        [ "$process" = $$ ] || kill -KILL "$process" 2>/dev/null || true
    done
}

# await WHAT COMMAND...: until the command succeeds, for two minutes of a machine that has a lot to do.
await() {
    what=$1
    shift
    waited=0
    until "$@"; do
        waited=$((waited + 1))
        if [ "$waited" -gt "${await_tries:-600}" ]; then
            echo "waited in vain for $what" >&2
            squeue --long >&2 || true
            sinfo --Node --long >&2 || true
            tail -n 20 "$cluster"/slurm*.log "$work"/*.out >&2 || true
            exit 1
        fi
        sleep 0.2
    done
}

nodes_are() { [ "$(sinfo --Node --noheader --format=%T 2>/dev/null | xargs)" = "$*" ]; }

is_down() { sinfo --noheader --nodes="$1" --format=%T | grep -q down; } # NODE

# state JOB: as Slurm calls it
state() { scontrol --oneliner show job "$1" 2>/dev/null | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p'; }
is() { [ "$(state "$1")" = "$2" ]; } # JOB STATE

# how_it_ended JOB: "exit code:signal" of its script
how_it_ended() { scontrol --oneliner show job "$1" | sed -n 's/.* ExitCode=\([0-9:]*\).*/\1/p'; }

# was_signalled JOB NUMBER: every node has passed a signal to the ranks
was_signalled() {
    [ "$(cat "$cluster"/slurmd-n?.log | grep -c "Sent signal $2 to StepId=$1[.]0")" -ge "$(scontrol --oneliner show job "$1" | sed -n 's/.* NumNodes=\([0-9]*\).*/\1/p')" ]
}
