#!/bin/sh
# Goal of this test: a package download is refused without network, at once and
# with a message of the tool itself.
. "$(dirname "$0")/../lib.sh"
have apt-get || skip_all 'apt-get is not installed'
start=$(date +%s)
csb --timeout 60 -- apt-get -o Acquire::Retries=0 -o Dir::State::lists="$W" \
  download codex-sandbox-no-such-package
fails 'apt-get download is refused'
csb --timeout 60 -- apt-get -o Acquire::Retries=0 \
  -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::sourcelist="$W/sources" \
  -o Dir::State::lists="$W/lists" -o Dir::Cache="$W/cache" update
# Without a single source there is nothing to fetch: apt itself works inside.
mkdir -p "$W/lists/partial" "$W/cache/archives/partial"
# A documentation address: no packet can leave a namespace without a route.
echo 'deb [trusted=yes] http://192.0.2.1/debian stable main' >"$W/sources"
csb --timeout 60 -- apt-get -o Acquire::Retries=0 -o APT::Sandbox::User= \
  -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::sourcelist="$W/sources" \
  -o Dir::State::lists="$W/lists" -o Dir::Cache="$W/cache" \
  -o APT::Update::Error-Mode=any update
fails 'apt-get update is refused'
has 'and says that the network is unreachable' "$out$err" 'unreachable'
yes 'at once' test $(($(date +%s) - start)) -lt 60
csb -- apt-cache --version
works 'apt itself runs'
finish
