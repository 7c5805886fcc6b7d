# shellcheck shell=bash
# To be sourced: a real Slurm on this one machine, as root: munged, slurmctld and one slurmd for each virtual node, all
# with ports, keys and files of their own below one folder. A virtual node has its own host name and /dev/shm, so that
# processes of different nodes do not take each other for neighbours.

# Prints why Slurm cannot be run here; nothing when it can.
sandbox_obstacle() {
  local tool
  [ "$(id -u)" = 0 ] || { echo "it needs root"; return; }
  for tool in slurmctld slurmd munged unshare sbatch srun; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed (bash jobs/install-dependencies.sh --cluster)"; return; }
  done
  unshare --uts --mount true 2>/dev/null || echo "this machine allows no namespaces"
}

sandbox_wait() {  # SECONDS WHAT COMMAND...: until the command succeeds
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $what" >&2; return 1; }
    sleep 0.2
  done
}

sandbox_configuration() {  # NODES CPUS GPUS PORT
  local host i
  host=$(hostname -s)
  cat <<END
ClusterName=sandbox
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$4
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$sandbox/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$sandbox/state
SlurmdSpoolDir=$sandbox/spool/%n
TmpFS=$sandbox/tmp/%n
SlurmctldPidFile=$sandbox/run/slurmctld.pid
SlurmdPidFile=$sandbox/run/slurmd.%n.pid
SlurmctldLogFile=$sandbox/log/slurmctld.log
SlurmdLogFile=$sandbox/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=pmix
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
GresTypes=gpu
ReturnToService=2
JobRequeue=1
MinJobAge=3600
KillWait=20
InactiveLimit=0
SlurmdTimeout=10
SlurmctldTimeout=10
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
PropagateResourceLimits=NONE
MailProg=/bin/true
END
  for i in $(seq 1 "$1"); do
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$(($4 + i)) CPUs=$2 RealMemory=2000 Gres=gpu:$3 State=UNKNOWN"
  done
  echo "PartitionName=batch Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
}

sandbox_start_node() {  # NAME
  rm -rf "${sandbox:?}/spool/$1" "$sandbox/tmp/$1"  # a node that comes back has booted: no sockets and folders of dead steps
  mkdir -p "$sandbox/spool/$1" "$sandbox/tmp/$1"
  # setsid and closed descriptors: nothing of the node outlives or blocks the script that started it.
  unshare --uts --mount --propagation private setsid bash -c \
    "hostname $1 && mount -t tmpfs -o size=1g shm /dev/shm && exec slurmd -N $1 -f '$SLURM_CONF'" </dev/null >/dev/null 2>&1
}

sandbox_nodes_idle() { [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = "$1" ]; }

# FOLDER NODES CPUS GPUS: starts it and waits until all nodes are idle. Exports SLURM_CONF.
sandbox_up() {
  sandbox=$1
  local nodes=$2 gpus=$4 i port=$((20000 + $$ % 20000))
  mkdir -p "$sandbox"/{state,spool,tmp,log,run,dev,munge}
  chmod 755 "$sandbox" "$sandbox/munge"
  export SLURM_CONF=$sandbox/slurm.conf
  sandbox_configuration "$nodes" "$3" "$gpus" "$port" >"$SLURM_CONF"
  # Any character device will do for a GPU that nobody computes on.
  for i in $(seq 0 $((gpus - 1))); do mknod "$sandbox/dev/gpu$i" c 1 3; done
  echo "Name=gpu File=$sandbox/dev/gpu[0-$((gpus - 1))]" >"$sandbox/gres.conf"
  echo "CgroupPlugin=cgroup/v1" >"$sandbox/cgroup.conf"
  (umask 077 && head -c 1024 /dev/urandom >"$sandbox/munge/key")
  munged --force --key-file="$sandbox/munge/key" --socket="$sandbox/munge/socket" --num-threads=1 \
    --pid-file="$sandbox/munge/munged.pid" --log-file="$sandbox/munge/munged.log" --seed-file="$sandbox/munge/seed"
  slurmctld -f "$SLURM_CONF" -i </dev/null >/dev/null 2>&1
  for i in $(seq 1 "$nodes"); do sandbox_start_node "n$i"; done
  sandbox_wait 30 "$nodes idle nodes" sandbox_nodes_idle "$nodes"
}

# The processes of a virtual node: those that share the host-name namespace of its daemon.
sandbox_processes_of() {  # NAME
  local daemon space pid
  daemon=$(cat "$sandbox/run/slurmd.$1.pid" 2>/dev/null) || return 0
  space=$(readlink "/proc/$daemon/ns/uts") || return 0
  [ "$space" != "$(readlink /proc/self/ns/uts)" ] || return 0  # never this machine's own
  for pid in /proc/[0-9]*; do
    [ "$(readlink "$pid/ns/uts" 2>/dev/null)" != "$space" ] || echo "${pid#/proc/}"
  done
}

# A node dies: its daemon and every process on it, at once.
sandbox_kill_node() {  # NAME
  local pids
  pids=$(sandbox_processes_of "$1")
  # shellcheck disable=SC2086  # a list of numbers
  kill -KILL $pids 2>/dev/null || true
}

sandbox_gone() { local state; state=$(awk '{print $3}' "/proc/$1/stat" 2>/dev/null) || return 0; [ -z "$state" ] || [ "$state" = Z ]; }

# Ends all jobs and daemons. Safe to call at any stage, and twice.
sandbox_down() {
  local file pid name
  [ -n "${sandbox:-}" ] && [ -f "$sandbox/slurm.conf" ] || return 0
  timeout 10 squeue -h -o %A 2>/dev/null | xargs -r timeout 10 scancel 2>/dev/null || true
  for file in "$sandbox"/run/slurmd.*.pid; do
    [ -e "$file" ] || continue
    name=${file##*/slurmd.}
    sandbox_kill_node "${name%.pid}"
  done
  for file in "$sandbox/run/slurmctld.pid" "$sandbox/munge/munged.pid"; do
    pid=$(cat "$file" 2>/dev/null || true)
    [ -n "$pid" ] || continue
    kill -TERM "$pid" 2>/dev/null || continue
    sandbox_wait 8 "the end of process $pid" sandbox_gone "$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
  done
}
