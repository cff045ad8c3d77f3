#!/usr/bin/env bash
# Makes sure that what the tests need beside Node is there: PostgreSQL and MariaDB that let the tests in on loopback,
# servers of HTTP that nobody here wrote, a browser, and a C compiler.
# Installs from Debian's packages what is missing, and starts what does not run. Only for machines that may be changed, as CI's: `npm test` never installs anything.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  command -v apt-get >/dev/null || { echo "no apt-get: install $* yourself"; exit 1; }
  echo "installing $*"
  as_root apt-get update -qq
  # Without a locale PostgreSQL would make a cluster that knows no Unicode.
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_until() {
  for _ in $(seq 1 150); do "$@" && return 0; sleep 0.2; done
  return 1
}

give_up() {
  echo "$1"
  as_root tail -n 20 "${@:2}" 2>/dev/null || true
  exit 1
}

# The doors that test-support knocks on.
postgres_lets_in() { psql -q postgres://postgres@127.0.0.1:5432/postgres -c 'select 1' >/dev/null 2>&1; }
mariadb_lets_in() { mariadb -h 127.0.0.1 -u root -e 'select 1' >/dev/null 2>&1; }

if [ -z "${SLUICE_TEST_POSTGRES:-}" ]; then
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || install_packages postgresql
  if ! postgres_lets_in; then
    cluster=$(ls /etc/postgresql | sort -V | tail -n 1)
    as_root sed -i -E 's/^(local|host)(.*)(peer|scram-sha-256|md5)$/\1\2trust/' "/etc/postgresql/$cluster/main/pg_hba.conf"
    action=start
    if answers 5432; then action=reload; fi
    as_root pg_ctlcluster --skip-systemctl-redirect "$cluster" main "$action" || true
    wait_until postgres_lets_in || give_up 'PostgreSQL on port 5432 does not let the tests in' "/var/log/postgresql/postgresql-$cluster-main.log"
  fi
fi

if [ -z "${SLUICE_TEST_MYSQL:-}" ]; then
  command -v mariadbd >/dev/null || install_packages mariadb-server
  if ! mariadb_lets_in; then
    if ! answers 3306; then
      as_root install -d -o mysql -g root /run/mysqld
      # As root the server has to be told whom to run as.
      as_root start-stop-daemon --start --oknodo --background --exec /usr/sbin/mariadbd -- --user=mysql --log-error=/var/log/mysql/error.log
      wait_until answers 3306 || give_up 'MariaDB does not answer on port 3306' /var/log/mysql/error.log
    fi
    as_root mariadb -e "alter user 'root'@'localhost' identified via mysql_native_password using password('')"
    mariadb_lets_in || give_up 'MariaDB on port 3306 does not let the tests in' /var/log/mysql/error.log
  fi
fi

[ -e "${CHROMIUM:-/usr/bin/chromium}" ] || install_packages chromium

# The end-to-end tests of HTTP start these themselves, on ports of their own.
missing=()
command -v nginx >/dev/null || missing+=(nginx-light)
compgen -G '/usr/lib/nginx/modules/*brotli_filter*' >/dev/null || missing+=(libnginx-mod-http-brotli-filter)
/usr/bin/python3 -c 'import gunicorn, httpbin' 2>/dev/null || missing+=(python3-gunicorn python3-httpbin)
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"

# The test of a loss of power compiles the shim that tells what is synced.
command -v cc >/dev/null || install_packages gcc libc6-dev
