#!/bin/sh
# Runs LocalStack as the only process, so that it gets the container's signals.
set -eu
mkdir -p /var/lib/localstack/cache /var/lib/localstack/lib /var/lib/localstack/tmp /var/lib/localstack/logs \
  /var/lib/localstack/state
exec python -m localstack.runtime.main
