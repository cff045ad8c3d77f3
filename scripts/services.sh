#!/usr/bin/env bash
# Makes sure that PostgreSQL and MariaDB answer on loopback, installing them from Debian's packages where they are missing.
# Only for machines that may be changed, as CI's: `npm test` itself never installs anything.
set -euo pipefail

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

install() {
  command -v apt-get >/dev/null || { echo "no apt-get: install $* yourself"; exit 1; }
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

wait_for() {
  for _ in $(seq 1 100); do answers "$1" && return 0; sleep 0.2; done
  echo "nothing answers on port $1"
  exit 1
}

if ! answers 5432; then
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || install postgresql
  cluster=$(ls /etc/postgresql | sort -V | tail -n 1)
  sed -i -E 's/^(local|host)(.*)(peer|scram-sha-256|md5)$/\1\2trust/' "/etc/postgresql/$cluster/main/pg_hba.conf"
  pg_ctlcluster --skip-systemctl-redirect "$cluster" main start || true
  wait_for 5432
fi

if ! answers 3306; then
  command -v mariadbd >/dev/null || install mariadb-server
  mkdir -p /run/mysqld && chown mysql /run/mysqld
  start-stop-daemon --start --oknodo --background --exec /usr/sbin/mariadbd
  wait_for 3306
  mariadb -e "ALTER USER 'root'@'localhost' IDENTIFIED VIA mysql_native_password USING PASSWORD('')" 2>/dev/null || true
fi
