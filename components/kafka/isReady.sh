# Readiness of a broker: have the controllers answered its heartbeat since the last look, and is it not fenced? (They do
# every 2 s, see log4j2.properties.) A port that merely listens says neither. No JVM: it runs every few seconds.
# In: STATE (folder that runBroker.sh emptied of marks at the start).
set -eu
[ "$STATE/heartbeat.log" -nt "$STATE/seen" ] || { echo "no heartbeat of a registered broker since the last look"; exit 1; }
: >"$STATE/seen"
