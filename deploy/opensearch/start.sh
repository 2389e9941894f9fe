#!/bin/bash
# Writes the users of this deployment, with passwords from the environment, in place of the image's known ones, and
# becomes the image's own program. Passwords go to the program that hashes them by name, never as an argument.
set -euo pipefail
home=/usr/share/opensearch

hash_of() {
    # The first lines are a notice.
    "$home/plugins/opensearch-security/tools/hash.sh" -env "$1" | tail -n 1
}

admin=$(hash_of OPENSEARCH_ADMIN_PASSWORD)
vahti=$(hash_of OPENSEARCH_PASSWORD)
for hash in "$admin" "$vahti"; do
    [[ $hash == '$2'* ]] || { echo "a password could not be hashed" >&2; exit 1; }
done
cat >"$home/config/opensearch-security/internal_users.yml" <<END
_meta:
  type: internalusers
  config_version: 2
admin:
  hash: "$admin"
  reserved: true
vahti:
  hash: "$vahti"
  reserved: false
END
unset OPENSEARCH_ADMIN_PASSWORD
cd "$home"
exec ./opensearch-docker-entrypoint.sh "$@"
