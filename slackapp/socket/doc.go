// Package socket is the line to Slack. It keeps two Socket Mode connections open, acknowledges every envelope in time,
// hands each one to a [Handler] once, and stops without dropping work in hand.
//
// The way of an envelope: a connection reads it; it is put into a bounded queue; it is acknowledged at once and empty; a
// worker recognises repeats and calls [Handler.Handle]. Where the answer has to travel inside the acknowledgement (a
// submitted modal, the options of an external select) a worker of a separate lane calls [Handler.Answer] and the
// acknowledgement carries what it returned.
//
// Two slots each hold one connection, and a slot opens a new connection whenever the old one ends, whatever the reason.
// When both would end at about the same time, the first is replaced at half of its announced life, the new connection
// being up before the old one is given up, so that there is never none.
//
// A connection that is left on purpose is closed as the WebSocket protocol has it: a close frame is sent, and what Slack had
// sent before it knew is still read and handled.
//
// The package must never know what the envelopes are about: no usage, no budgets, no words for people. What a person
// reads when the line is busy or a worker panicked is the caller's.
//
//	line := socket.New(socket.Config{AppToken: token, Logger: log, Long: app.MayTakeLong, Once: app.MustBeOnce, Busy: busy, Observe: count}, handler)
//	err := line.Run(ctx) // until ctx is done; a *FatalError where retrying cannot help
package socket
