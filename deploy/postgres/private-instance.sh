#!/usr/bin/env bash
# A PostgreSQL of one's own, for tests and trials: own data folder, loopback only, nothing of the system's is touched.
#   private-instance.sh start DIR [PORT]   makes DIR (if it is missing), starts, prints the port; the password of role wma is in DIR/password
#                                          further settings: POSTGRES_OPTIONS="-c fsync=off"
#   private-instance.sh crash DIR          kill -9 of every process of it
#   private-instance.sh stop DIR           stops it
#   private-instance.sh remove DIR         stops it and deletes DIR
# With DIR/server.crt and DIR/server.key in place (see "tls") it also serves TLS:
#   private-instance.sh tls DIR            makes a certificate for localhost (before start); its authority is DIR/root.crt
# PostgreSQL refuses to run as root; then it runs as user postgres, or nobody.
set -euo pipefail

action=${1:-} dir=${2:-}
case "$action" in start | stop | crash | remove | tls) ;; *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
[ -n "$dir" ] || { echo "private-instance.sh: name a folder" >&2; exit 2; }

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres 2>/dev/null || echo /nowhere/postgres)")
[ -x "$bin/initdb" ] || { echo "private-instance.sh: PostgreSQL is not installed (apt-get install postgresql)" >&2; exit 3; }

user=$(id -un)
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
fi
as_user() {
    if [ "$(id -un)" = "$user" ]; then "$@"; else runuser -u "$user" -- "$@"; fi
}

running() { [ -s "$dir/data/postmaster.pid" ] && kill -0 "$(head -n 1 "$dir/data/postmaster.pid")" 2>/dev/null; }

stop() {
    ! running || as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 30 stop >/dev/null 2>&1 || true
}

# Ends the postmaster first, so that it cannot answer the death of its children with a restart.
crash() {
    local postmaster children
    postmaster=$(head -n 1 "$dir/data/postmaster.pid")
    children=$(ps -o pid= --ppid "$postmaster" || true)
    kill -9 "$postmaster" $children 2>/dev/null || true
    # Dead is enough; whoever inherited them may take its time to bury them. PostgreSQL would wait for that.
    while ps -o stat= -p "$postmaster" $children 2>/dev/null | grep -qv '^Z'; do sleep 0.02; done
    rm -f "$dir/data/postmaster.pid"
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 30000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

start() {
    if [ ! -s "$dir/data/PG_VERSION" ]; then
        mkdir -p "$dir/data"
        [ -s "$dir/password" ] || (umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/password")
        [ "$(id -u)" != 0 ] || chown "$user" "$dir" "$dir/data" "$dir/password"
        as_user "$bin/initdb" -D "$dir/data" -U wma -A scram-sha-256 --pwfile="$dir/password" -E UTF8 --locale=C -N >"$dir/initdb.log" 2>&1 || { tail -n 3 "$dir/initdb.log" >&2; return 1; }
    fi
    local tls=() port attempt
    if [ -s "$dir/server.key" ]; then
        [ "$(id -u)" != 0 ] || chown "$user" "$dir/server.key" "$dir/server.crt"
        tls=(-c ssl=on -c "ssl_cert_file=$dir/server.crt" -c "ssl_key_file=$dir/server.key")
    fi
    # Another process may take a free port first; then the next one.
    for attempt in 1 2 3 4 5; do
        port=${1:-$(free_port)}
        if as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 \
            -o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories='' -c max_connections=200 ${tls[*]} ${POSTGRES_OPTIONS:-}" start >/dev/null 2>&1 </dev/null; then
            echo "$port"
            return
        fi
    done
    tail -n 5 "$dir/data/server.log" >&2
    return 1
}

tls() {
    mkdir -p "$dir"
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=wma-authority -keyout "$dir/root.key" -out "$dir/root.crt" 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
    openssl x509 -req -in "$dir/server.csr" -CA "$dir/root.crt" -CAkey "$dir/root.key" -CAcreateserial -days 3650 \
        -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$dir/server.crt" 2>/dev/null
    chmod 600 "$dir/server.key" "$dir/root.key"
}

case "$action" in
    start) start "${3:-}" ;;
    stop) stop ;;
    crash) crash ;;
    tls) tls ;;
    remove)
        stop
        rm -rf "$dir"
        ;;
esac
