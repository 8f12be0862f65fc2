// Package store remembers: how budgets stand, what was said and where Slack keeps it, the usage of each day, which check is
// due, and the rules that were good last. It keeps all of it in SQLite, for one service, or in PostgreSQL, for several
// equal replicas, with the same migrations and the same statements (queries.sql) on both, and it hands every delivery to
// whoever can say it until that has succeeded.
//
// A delivery is written in the transaction that writes its alert, together with a job of River's queue. The rows of this
// package are the truth and a job is only the reason to look at them: a job that is lost is replaced, and a job that comes
// twice finds its delivery sent.
//
// Two clocks meet here. Instants that are handed in (now, Outcome.At) are business time and are stored as they come. Leases,
// waits and the queue run on wall time.
//
// The package never knows Slack, Fastly, or why something deserves a message.
//
//	db, err := store.Open(ctx, store.Config{URL: "sqlite://budgetbot.db"})
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	err = db.StartDelivery(ctx, &alerts.Deliverer{Notifier: notifier})
package store
