#!/bin/sh
# Creates Temporal's tables, or brings them to the server's version; safe to run again.
set -eu
schema() {
  database=$1
  versions=$2
  set -- --plugin postgres12 --ep postgres -p 5432 -u temporal --db "$database"
  temporal-sql-tool "$@" setup-schema -v 0.0 || true # Refused when there is one: then only the update matters.
  temporal-sql-tool "$@" update-schema -d "/etc/temporal/schema/postgresql/v12/$versions/versioned"
}
schema temporal temporal
schema temporal_visibility visibility
