#!/bin/sh
# A PostgreSQL that survives the loss of a node, on this machine, to look at and to break: a monitor and two nodes of
# pg_auto_failover (https://pg-auto-failover.readthedocs.io), where a commit is acknowledged once both nodes have it.
# Nothing here is for machines that others can reach: everybody may connect.
#
#   formation.sh start FOLDER     make it, or start it again; prints the address for clientele serve --db
#   formation.sh state FOLDER     who is primary
#   formation.sh node FOLDER a    start a node that has stopped, as an init system would
#   formation.sh kill FOLDER a    kill -9 everything of a node
#   formation.sh stop FOLDER      stop everything
#
# Needs Debian's packages pg-auto-failover-cli and postgresql-15-auto-failover. Do not run it as root.
set -eu

command -v pg_autoctl >/dev/null || {
	echo "This needs pg_auto_failover: apt-get install -y pg-auto-failover-cli postgresql-15-auto-failover" >&2
	exit 1
}
[ "$(id -u)" != 0 ] || { echo "PostgreSQL does not run as root: use another account." >&2; exit 1; }
[ $# -ge 2 ] || { sed -n '2,12p' "$0" >&2; exit 2; }

command=$1 folder=$2 node=${3:-}
base=${PORT:-6400} # the monitor's port; the nodes have the next two
export XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/share" XDG_RUNTIME_DIR="$folder/run"
export PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config PATH="/usr/lib/postgresql/15/bin:$PATH"
monitor="postgres://autoctl_node@127.0.0.1:$base/pg_auto_failover?sslmode=disable"
database="postgres://clientele@127.0.0.1:$((base + 1)),127.0.0.1:$((base + 2))/clientele"
database="$database?sslmode=disable&target_session_attrs=read-write&connect_timeout=2"

port() { case $1 in monitor) echo "$base" ;; a) echo $((base + 1)) ;; b) echo $((base + 2)) ;; esac; }

# run starts what keeps a node, as a group of processes of its own.
run() {
	setsid pg_autoctl run --pgdata "$folder/$1" >>"$folder/$1.log" 2>&1 &
	echo $! >"$folder/$1.pid"
}

alive() { [ -f "$folder/$1.pid" ] && kill -0 "$(cat "$folder/$1.pid")" 2>/dev/null; }

create() {
	case $1 in
	monitor)
		pg_autoctl create monitor --pgdata "$folder/monitor" --pgport "$base" --hostname 127.0.0.1 --auth trust --no-ssl
		# A node that does not answer is given up after about four seconds.
		cat >>"$folder/monitor/postgresql.conf" <<-CONF
			pgautofailover.health_check_period = 1000
			pgautofailover.health_check_timeout = 1000
			pgautofailover.health_check_max_retries = 1
			pgautofailover.health_check_retry_delay = 500
			pgautofailover.node_considered_unhealthy_timeout = 4000
			pgautofailover.primary_demote_timeout = 5000
		CONF
		;;
	*)
		pg_autoctl create postgres --pgdata "$folder/$1" --pgport "$(port "$1")" --hostname 127.0.0.1 --name "$1" \
			--auth trust --no-ssl --monitor "$monitor" --dbname clientele --username clientele
		;;
	esac
}

# wait_for waits until a command succeeds, for a minute.
wait_for() {
	for _ in $(seq 120); do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.5
	done
	echo "waited in vain for: $*" >&2
	exit 1
}

healthy() { pg_autoctl show state --pgdata "$folder/monitor" | grep -q ' primary ' && \
	pg_autoctl show state --pgdata "$folder/monitor" | grep -q ' secondary '; }

case $command in
start)
	mkdir -p "$folder/run" "$folder/config" "$folder/share"
	for name in monitor a b; do
		[ -d "$folder/$name" ] || create "$name" >"$folder/$name.create.log" 2>&1 || {
			cat "$folder/$name.create.log" >&2
			exit 1
		}
		alive "$name" || run "$name"
		wait_for pg_isready -h 127.0.0.1 -p "$(port "$name")"
	done
	wait_for healthy
	echo "$database"
	;;
state) pg_autoctl show state --pgdata "$folder/monitor" ;;
node) alive "$node" || run "$node" ;;
kill)
	kill -9 -"$(cat "$folder/$node.pid")" $(head -1 "$folder/$node/postmaster.pid") 2>/dev/null || true
	;;
stop)
	for name in b a monitor; do
		if alive "$name"; then kill -TERM "$(cat "$folder/$name.pid")"; fi
	done
	for name in b a monitor; do
		for _ in $(seq 60); do
			alive "$name" || break
			sleep 0.5
		done
	done
	;;
*) sed -n '2,12p' "$0" >&2; exit 2 ;;
esac
