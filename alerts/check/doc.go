// Package check runs the checks: it claims one in the database, so that one replica makes it, reads usage, bills and services, has them
// evaluated and decided on, explains what is posted, and records alerts and deliveries in one transaction. A trial does the same and
// records nothing.
package check
