#!/bin/sh
# Makes the manual page out of what `spoa-agent --help` prints.
set -eu
version=$(dpkg-parsechangelog -S Version)
cat <<PAGE
.TH SPOA\-AGENT 8 "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)" "Provenance $version" "System administration"
.SH NAME
spoa\-agent \- decide for HAProxy which requests pass
.SH DESCRIPTION
.nf
PAGE
sed -e 's/\\/\\\\/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\\&&/"
cat <<PAGE
.fi
.SH FILES
.TP
.I /etc/provenance/policy.yaml
the policy, annotated key by key
.TP
.I /etc/default/provenance\-agent
where the agent of the package listens, and its options
.TP
.I /usr/share/doc/provenance\-common/agent.md
all about running it
.SH SEE ALSO
.BR provenancectl (1),
.BR haproxy (1)
PAGE
