// Command bench measures budgetbot against what is possible on the machine it runs on, and prints one table.
//
// The service runs as a process of its own, as built for release, against a simulated Slack and a simulated Fastly in this
// process. Every figure that depends on the machine stands beside a floor of the same run: rounds of the two take turns,
// and the median round counts. Nothing here is asserted, and no package may import this one.
//
//	go run ./internal/bench -parts commands,idle -rounds 5
package main
