#!/bin/sh
# Makes an authority of this deployment's own and lets it sign two certificates, for ten years: the search engine's, and
# one with which its administrator is known. Does nothing where they exist. To renew them: remove the volume, start anew.
set -eu
into=${1:?say the directory that the certificates go into}
owner=${OPENSEARCH_UID:-1000}
days=3650

if [ -e "$into/node.pem" ]; then
    echo "the certificates exist: $(openssl x509 -in "$into/node.pem" -noout -enddate)"
    exit 0
fi

umask 077
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

cat >"$made/openssl.cnf" <<'END'
[req]
distinguished_name = named_by_subj
[named_by_subj]
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[node]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:opensearch, DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[admin]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

make_key() {
    # Its standard error is a row of dots for as long as it looks for primes.
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$made/$1-key.pem" 2>/dev/null
}

sign() {
    name=$1 subject=$2
    make_key "$name"
    openssl req -new -config "$made/openssl.cnf" -key "$made/$name-key.pem" -subj "$subject" -out "$made/$name.csr"
    openssl x509 -req -in "$made/$name.csr" -CA "$made/ca.pem" -CAkey "$made/ca-key.pem" -CAcreateserial -sha256 \
        -days "$days" -extfile "$made/openssl.cnf" -extensions "$name" -out "$made/$name.pem"
}

make_key ca
openssl req -x509 -config "$made/openssl.cnf" -extensions authority -key "$made/ca-key.pem" -sha256 -days "$days" \
    -subj "/CN=Vahti authority" -out "$made/ca.pem"
sign node /CN=opensearch
sign admin /CN=vahti-admin

# The key of the authority is not kept: nobody signs a third one. node.pem goes last, as it says that all is there.
for file in ca.pem admin-key.pem admin.pem node-key.pem node.pem; do
    cp "$made/$file" "$into/.$file"
    case $file in
        *-key.pem) chmod 600 "$into/.$file" ;;
        *) chmod 644 "$into/.$file" ;;
    esac
    [ "$(id -u)" -ne 0 ] || chown "$owner" "$into/.$file"
    mv -f "$into/.$file" "$into/$file"
done
echo "made certificates in $into, valid for $days days"
