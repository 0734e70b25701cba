# A host keeps its role. Pulumi deletes last, so a host with another one would join anew and then leave for the old one's sake.
# What this printed before is the memory of it. Beside session.sh's: ROLE.
before=${PULUMI_COMMAND_STDOUT:-$ROLE}
[ "$before" = "$ROLE" ] || refuse "is a $before and cannot become a $ROLE in one step: take it out of iotef:hosts, run pulumi up, then add it with role: $ROLE"
printf '%s' "$ROLE"
