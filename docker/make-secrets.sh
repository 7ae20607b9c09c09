#!/usr/bin/env bash
# Makes the secrets that compose.yaml names, in docker/secrets. What is there already stays: a master key that is
# replaced by another is a log in which nobody can be read.
#
# The folder is closed to others on this machine. The files in it are not: each is mounted by itself, into containers
# whose users have other numbers than yours.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets

# keep NAME: keeps standard input under that name.
keep() {
  cat >"$1"
  chmod 444 "$1"
  echo "made secrets/$1"
}

# redis NAME: a password for the Redis service of that name. It gets a hash; Touchstone gets a URL with the password.
redis() {
  if [[ -e $1_url && -e $1_users ]]; then
    echo "kept secrets/$1_url and secrets/$1_users"
    return
  fi
  local password hash
  password=$(openssl rand -hex 32)
  hash=$(printf %s "$password" | openssl dgst -sha256 -r | cut -d' ' -f1)
  rm -f "$1_url" "$1_users"
  keep "$1_users" <<USERS
user default on #$hash ~* &* +@all
user health on nopass resetkeys resetchannels -@all +ping
USERS
  echo "redis://default:$password@$1:6379" | keep "$1_url"
}

redis redis
redis keys

if [[ -e master_key ]]; then
  echo 'kept secrets/master_key'
else
  openssl rand -base64 32 | keep master_key
  echo 'Keep a copy of secrets/master_key away from this machine, and away from the backups of the keys.'
fi
