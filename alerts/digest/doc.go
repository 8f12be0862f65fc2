// Package digest posts scheduled digests and the close of a month: it claims what is due in the database, has it composed, and
// hands it to the delivery queue.
package digest
