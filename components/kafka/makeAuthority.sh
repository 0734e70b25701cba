# Prints a new certificate authority: PKCS#8 private key, then its certificate. No file is written.
# In: COMMON_NAME. Runs on the operator's machine; bash 3.2 and LibreSSL (macOS) suffice.
set -euo pipefail
umask 077
key=$(openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256)
config="[req]
prompt = no
distinguished_name = name
x509_extensions = authority
[name]
CN = $COMMON_NAME
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash"
printf '%s\n' "$key"
openssl req -new -x509 -days 3650 -sha256 -key <(printf '%s\n' "$key") -config <(printf '%s\n' "$config")
