#!/bin/sh
# Builds the mesos-go peer: build.sh OUT
# Needs Debian's golang-go and golang-github-mesos-mesos-go-dev; nothing is downloaded.
set -eu
out=$(realpath -m "${1:?usage: build.sh OUT}")
cd "$(dirname "$0")"
GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=-trimpath go build -o "$out" .
