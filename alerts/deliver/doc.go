// Package deliver makes one attempt at a delivery: it looks for what an interrupted attempt may have posted, posts, and sorts the outcome
// into posted, refused, later or unknown. Notifier is what posts.
package deliver
