// Package decide makes a plan of findings and of what was posted before: which threshold is posted where, what is only an update, what
// waits for working hours, who is reminded, and when an incident of the bot itself begins and ends. It is pure, and every decision carries
// its Reason; docs/alert-states.md draws it.
package decide
