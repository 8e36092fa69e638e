# Sourced by tests of jobs on several hosts, which are addresses of this machine: hydra starts a proxy for
# each, which could be anywhere. Needs $work and hold.sh. Whatever mpiexec is started from now on uses them.

# [OPTION...] HOST COMMAND... Hosts named in the file "gone" do not answer.
cat >"$work/ssh" <<'END'
#!/bin/sh
while :; do case $1 in -*) shift ;; *) break ;; esac; done
! grep -qsx "$1" "$(dirname "$0")/gone" || exit 255
shift
exec sh -c "$*"
END
chmod +x "$work/ssh"
printf '127.0.0.%d:1\n' 1 2 3 >"$work/hosts"
export UCX_TLS=tcp,self HYDRA_LAUNCHER=ssh HYDRA_LAUNCHER_EXEC="$work/ssh" HYDRA_HOST_FILE="$work/hosts"

# processes_of_host N PID: the proxy of the N-th host below a process, and all that it started: its first
# is the proxy.
processes_of_host() {
    proxy=$(below "$2" | while read -r process; do
        tr '\0' ' ' <"/proc/$process/cmdline" | grep -q "hydra_pmi_proxy.*--proxy-id $(($1 - 1))" && echo "$process"
    done | tail -n 1)
    all="$proxy $(below "$proxy")"
    [ "$(echo $all | wc -w)" -ge 3 ] # the proxy, the rank's parent and the rank
    echo $all
}
