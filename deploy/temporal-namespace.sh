#!/bin/sh
# The namespace and its search attributes; safe to run again. Compose runs it again until it succeeds.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}
temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 720h
temporal operator search-attribute create --namespace "$namespace" \
  --name BatonStage --type Keyword \
  --name BatonOwner --type Keyword \
  --name BatonPool --type Keyword \
  --name BatonPolicy --type Keyword \
  --name BatonTrouble --type Keyword \
  --name BatonDue --type Datetime
