package rules

import (
	"strings"

	"budgetbot/billing"
)

// IsExact reports whether product and usage type are both names and no globs.
func (m Match) IsExact() bool {
	return m.Product != "" && m.UsageType != "" && !strings.Contains(m.Product+m.UsageType, "*")
}

// Contains reports whether the match covers all that the other one covers.
func (m Match) Contains(other Match) bool {
	covers := func(wide, narrow string) bool { return wide == "" || narrow != "" && billing.Glob(wide, narrow) }
	return covers(m.Product, other.Product) && covers(m.UsageType, other.UsageType) && covers(m.Region, other.Region) &&
		covers(m.Service, other.Service)
}

// GlobsOverlap reports whether there is a name that matches both patterns.
func GlobsOverlap(a, b string) bool {
	if a == "" || b == "" {
		return true // the empty pattern matches everything
	}
	// ends[j] tells whether the rest of a, from the place the loop is at, and b[j:] have a name in common.
	ends := make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		after := ends // those of a[i+1:]
		ends = make([]bool, len(b)+1)
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				ends[j] = true
			case i < len(a) && a[i] == '*':
				ends[j] = after[j] || j < len(b) && ends[j+1] // the star stands for nothing, or for what is next in b
			case j < len(b) && b[j] == '*':
				ends[j] = ends[j+1] || i < len(a) && after[j]
			case i < len(a) && j < len(b) && a[i] == b[j]:
				ends[j] = after[j+1]
			}
		}
	}
	return ends[0]
}
