#!/bin/sh
# Opens sealed backups on Linux and macOS: ./decrypt_linux_mac.sh BACKUP.sealed [OUTPUT]
# The key is read from master.key beside this script.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
if ! command -v node >/dev/null 2>&1; then
  echo 'Node.js is missing. Install version 18 or newer from https://nodejs.org/ and try again.' >&2
  exit 1
fi
exec node "$here/decrypt_backup.js" "$@"
