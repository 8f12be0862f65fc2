// Package samples has every message that the product can show, made of invented data. People look at the samples when
// they change words; the golden tests compare them and check them against Slack's limits.
package samples
