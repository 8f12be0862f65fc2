package rules

import (
	"strings"
)

// IsExact reports whether product and usage type are both names and no globs.
func (m Match) IsExact() bool {
	return m.Product != "" && m.UsageType != "" && !strings.Contains(m.Product+m.UsageType, "*")
}

// Contains reports whether the match covers all that the other one covers.
func (m Match) Contains(other Match) bool {
	covers := func(wide, narrow string) bool { return wide == "" || narrow != "" && Glob(wide, narrow) }
	return covers(m.Product, other.Product) && covers(m.UsageType, other.UsageType) && covers(m.Region, other.Region) &&
		covers(m.Service, other.Service)
}
