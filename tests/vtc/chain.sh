#!/usr/bin/env bash
# The chain of the cases chain_*.vtc, in the folder of a case: chain.sh prepare|agent|haproxy|ready REPOSITORY FOLDER […]
set -euo pipefail
readonly DO=$1 REPOSITORY=$2 FOLDER=$3
PATH=$PATH:/usr/sbin

wait_for() { # SOCKET
    for _ in {1..200}; do
        [[ -S $1 ]] && return
        sleep 0.05
    done
    echo "$1 is not there after 10 seconds" >&2
    exit 1
}

case $DO in
prepare) # policy, secrets, and HAProxy's configuration with a listener on which a client says where it comes from
    cp "$REPOSITORY/tests/vtc/chain.yaml" "$FOLDER/policy.yaml"
    cp "$REPOSITORY/policy/user-agents.yaml" "$FOLDER"
    umask 027
    printf %s 0123456789abcdef0123456789abcdef | tee "$FOLDER/hs" >"$FOLDER/subject"
    sed "s|^    bind .*|    bind unix@$FOLDER/edge.sock accept-proxy|" "$REPOSITORY/haproxy/haproxy.cfg" >"$FOLDER/haproxy.cfg"
    # A busy machine is no slow agent.
    sed 's/timeout     processing .*/timeout processing 10s/' "$REPOSITORY/haproxy/spoe-provenance.conf" >"$FOLDER/spoe.conf"
    ;;
agent) # BINARY
    exec "$4" --policy "$FOLDER/policy.yaml" --listen "unix@$FOLDER/agent.sock"
    ;;
haproxy) # ADDRESS of Varnish
    # An agent that is not there yet would be taken for one that is down.
    wait_for "$FOLDER/agent.sock"
    export PROVENANCE_SPOE=$FOLDER/spoe.conf PROVENANCE_LOG=stdout PROVENANCE_CACHE=$4 PROVENANCE_AGENT=unix@$FOLDER/agent.sock
    exec haproxy -db -f "$FOLDER/haproxy.cfg"
    ;;
ready)
    wait_for "$FOLDER/edge.sock"
    ;;
esac
