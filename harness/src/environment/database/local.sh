# One throw-away PostgreSQL server. It lives until standard input closes, however that comes about.
# usage: sh local.sh BINARIES PORT      the superuser's password is the first line of standard input
# Reports what went wrong on standard error.
set -eu
bin=$1 port=$2
IFS= read -r password

# Ctrl-C reaches the whole process group; the end of the input is what counts.
trap '' INT TERM HUP

umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/authspec-postgres.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf %s "$password" > password
: > log
# The server refuses to run as root.
set --
if [ "$(id -u)" = 0 ]; then
  set -- setpriv --reuid=postgres --regid=postgres --clear-groups
  chown -R postgres .
fi

report() {
  tail -n 4 log >&2
  exit 1
}

"$@" "$bin/initdb" --no-sync -A scram-sha-256 -E UTF8 --locale=C -U postgres \
  --pwfile=password -D data > log 2>&1 < /dev/null || report
rm password

"$@" "$bin/postgres" -D data -p "$port" \
  -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c logging_collector=off \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off >> log 2>&1 < /dev/null &
server=$!

# A background command loses standard input unless it is handed over by another number.
exec 3<&0
( read -r _ <&3 || true; kill -QUIT "$server" ) 2> /dev/null &
watcher=$!

wait "$server" || true
# Still there: the server ended by itself.
if kill "$watcher" 2> /dev/null; then report; fi
