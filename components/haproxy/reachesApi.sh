#!/bin/bash
# Does this host's HAProxy reach an API server? keepalived asks every few seconds on every entry host, so nothing but bash.
# In: PORT (the first argument) where HAProxy says so over HTTP.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET / HTTP/1.0\r\n\r\n' >&3
IFS=' ' read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
