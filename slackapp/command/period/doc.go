// Package period reads the periods that people type, such as "last 3 months", "2023-01..2023-03" or "until october", and says what is wrong with
// mistaken ones. It is pure: now is an argument.
//
//	months, used, wrong := period.At([]string{"oct", "to", "now", "asia"}, now)
package period
