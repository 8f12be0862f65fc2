// Package servicetest is the world around a service in tests: a simulated Slack and a simulated Fastly, a directory, business time, and the
// secrets that must stay in it. In a bubble of testing/synctest the service and both simulators run on virtual time, over a network within
// the process; with OnWallTime they run as they do elsewhere, for programs in processes of their own.
package servicetest
