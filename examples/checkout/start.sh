#!/bin/sh
# Serves the shop on port 8080. Without prices it does not start: it would sell for nothing.
set -eu

echo "checkout: reading /srv/prices.json"
if ! grep -q '"price"' /srv/prices.json; then
    echo "checkout: /srv/prices.json holds no price; build it with another PRICES file" >&2
    exit 3
fi
exec httpd -f -p 8080 -h /srv
