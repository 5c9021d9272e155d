#!/usr/bin/env bash
# Makes an authority and a certificate for each node, for TLS between nodes on Akka.NET (docs/engines.md).
#   deploy/akka/make-certificates.sh DIR NODE [NODE ...]     NODE: a host name or an address
# DIR/authority.pem goes to every node, DIR/NODE.pem and DIR/NODE.key to that node. DIR/authority.key signs further nodes: keep it apart.
# An authority that is there already is used again.
set -euo pipefail
case "${1:-}" in -h | --help | '') sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
[ $# -ge 2 ] || { echo "make-certificates: name at least one node" >&2; exit 2; }
command -v openssl >/dev/null || { echo "make-certificates: openssl is missing: sudo apt-get install -y openssl" >&2; exit 3; }
days=${DAYS:-825}
mkdir -p "$1" && cd "$1" && shift
umask 077

if [ ! -e authority.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out authority.key
    openssl req -x509 -new -key authority.key -sha256 -days 3650 -subj "/CN=wma nodes" -out authority.pem \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    chmod 644 authority.pem
fi

for node in "$@"; do
    case "$node" in
        *[!A-Za-z0-9.:_-]* | -*) echo "make-certificates: '$node' is no host name" >&2; exit 2 ;;
        *[!0-9.:]*) name=DNS:$node ;;
        *) name=IP:$node ;;
    esac
    openssl ecparam -name prime256v1 -genkey -noout -out "$node.key"
    openssl req -new -key "$node.key" -subj "/CN=$node" -out "$node.csr"
    openssl x509 -req -in "$node.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -sha256 -days "$days" -out "$node.pem" \
        -extfile <(printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "$name") 2>/dev/null
    rm "$node.csr"
    chmod 644 "$node.pem"
done
