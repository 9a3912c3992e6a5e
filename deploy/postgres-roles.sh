#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: the owner migrates, the application owns no table of ours.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
  -v owner_password="$BATON_OWNER_PASSWORD" \
  -v app_password="$BATON_APP_PASSWORD" \
  -v temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE baton_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE baton_app LOGIN PASSWORD :'app_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE baton OWNER baton_owner;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE baton FROM PUBLIC;
GRANT CONNECT, TEMPORARY, CREATE ON DATABASE baton TO baton_app;
SQL
