// Package evaluate compares a month's usage and bill with the rules: how far each budget is used and how it is likely to end, which usage
// changed, which services and usage types are new or have vanished, and what drives a growth. It is pure: a Reading goes in, findings come
// out, and a figure that could not be read makes its own finding unknown, with the reason.
package evaluate
