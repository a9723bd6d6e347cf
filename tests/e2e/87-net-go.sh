#!/bin/sh
# Goal of this test: a static program of Go, whose resolver and sockets are its own,
# reaches what is allowed and nothing else.
# shellcheck disable=SC2086 # words
. "$(dirname "$0")/netlab.sh"
. "$(dirname "$0")/../lib.sh"
have go || skip_all 'golang-go is not installed'
events=$T/events
allowed() { # allowed OPTION... -- CMD
  : >"$events"
  : >"$LAB/seen"
  csb --net proxy --net-events "$events" "$@"
}
mkdir "$T/go.d"
cat >"$T/go.d/main.go" <<'GO'
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	host := os.Args[1]
	c := &http.Client{Timeout: 9 * time.Second}
	r, err := c.Get("http://" + host + "/")
	if err != nil || r.StatusCode != 200 {
		fmt.Println("http", err)
		os.Exit(1)
	}
	b, _ := io.ReadAll(r.Body)
	t, err := net.DialTimeout("tcp", host+":7777", 9*time.Second)
	if err != nil {
		fmt.Println("dial", err)
		os.Exit(1)
	}
	l := make([]byte, 14)
	io.ReadFull(t, l)
	i, _ := net.Interfaces()
	fmt.Print(string(b), string(l), "interfaces ", len(i), "\n")
}
GO
if (cd "$T/go.d" && GOCACHE="$T/go.cache" GOPATH="$T/go.path" GOPROXY=off GO111MODULE=off CGO_ENABLED=0 \
  go build -o "$W/client" main.go) >"$T/go.log" 2>&1; then
  for how in '' 'env -i'; do
    allowed --allow-domain web.test -- $how ./client web.test
    is "a static program of Go, ${how:-with variables}: reaches what is allowed" "$out" 'hello from web.test
hello on 7777
interfaces 1'
    allowed --allow-domain web.test -- $how ./client other.test
    fails "${how:-with variables}: not what is not"
    has "${how:-with variables}: which is named" "$(grep '"decision":"deny"' "$events")" '"host":"other.test"'
    is "${how:-with variables}: nobody came" "$(cat "$LAB/seen")" ''
  done
else
  skip 'Go' "its compiler failed: $(head -1 "$T/go.log")"
fi
finish
