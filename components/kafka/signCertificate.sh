# Prints a new PKCS#8 private key and its certificate. No file is written, no secret is an argument of a process.
# In: COMMON_NAME, ALT_NAMES (openssl's subjectAltName, may be empty); standard input: what makeAuthority.sh printed.
set -euo pipefail
umask 077
authority=$(cat)
authority_key=$(printf '%s\n' "$authority" | openssl pkey)
authority_certificate=$(printf '%s\n' "$authority" | openssl x509)
key=$(openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256)
request="[req]
prompt = no
distinguished_name = name
[name]
CN = $COMMON_NAME"
extensions="basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
${ALT_NAMES:+subjectAltName = $ALT_NAMES}"
printf '%s\n' "$key"
openssl req -new -sha256 -key <(printf '%s\n' "$key") -config <(printf '%s\n' "$request") |
  openssl x509 -req -days 3650 -sha256 -set_serial "0x$(openssl rand -hex 16)" \
    -CA <(printf '%s\n' "$authority_certificate") -CAkey <(printf '%s\n' "$authority_key") \
    -extfile <(printf '%s\n' "$extensions")
