// Package service is the wiring and the lifecycle of budgetbot: it reads the configuration, opens what is needed in order, connects the
// parts, runs them until it is stopped, and closes them in reverse. It holds no logic of the product, and can run in a process of tests or
// of the demo.
package service
