// Package daily is what was measured on each UTC day, by region and by service. Fastly's statistics are read once, in the background, and kept. They
// are measured and not billed, so that their sums are near those of usage and not equal to them.
package daily

// MonthsKept is how many months of days are kept, with the current one: two years, and the two months that the oldest of them are compared with.
const MonthsKept = 26
