// Command soak lets the service live through a quarter in minutes, in trouble all the while, and then reads in the channels whether
// everything that had to be posted was posted, once.
//
// Three replicas on one PostgreSQL database and one process on SQLite, as built for release, each group with a simulated Slack and a
// simulated Fastly of its own. Their business time is fast; retries, leases and sockets are not. Meanwhile processes are killed, the
// database is cut off, Slack and Fastly misbehave: all at random, from a seed that is printed.
//
// What had to be posted follows from the script alone: from the figures that Fastly had at each instant and the rules as they are written
// here. What was posted is what people in the channels saw. No code is shared with the service, so that a mistake made there cannot be
// repeated here. docs/reliability.md says how the two are compared.
//
//	SOAK_SECONDS=120 SOAK_SEED=7 go run ./internal/soak
package main
