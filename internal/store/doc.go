// Package store remembers: how budgets stand, what was posted and where Slack keeps it, the usage of each day, which check is
// due, and the rules that were good last. It keeps all of it in SQLite, for one service, or in PostgreSQL, for several
// equal replicas, with the same migrations and the same statements (queries.sql) on both, and it hands every
// delivery to the notifier until Slack has taken it.
//
// A delivery is written in the transaction that writes its alert, and waits in its channel's lane. A lane is
// worked by one process at a time, one delivery after another, and lanes go beside one another. The rows are all there is: nothing but a
// look at them is needed to go on after a crash.
//
// Two clocks meet here. Instants that are handed in (now, Outcome.At) are business time and are stored as they come. Leases,
// waits and lanes run on the database's wall clock.
//
// The package never knows Slack, Fastly, or why something deserves a message.
//
//	db, err := store.Open(ctx, store.Config{URL: "sqlite://budgetbot.db"})
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	err = db.StartDelivery(ctx, &deliver.Deliverer{Notifier: notifier})
package store
