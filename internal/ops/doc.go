// Package ops is the side of the service that machines look at: whether it lives, whether it is ready and why not, and its
// metrics. It knows nothing of Slack, usage or budgets: what there is to say is handed in.
package ops
