package fastly

import (
	"sync"

	"budgetbot/billing"
)

// otherNames remembers usage types that the account's rows call otherwise by their identifier than by their name: an answer by service
// may use either. There are few of them, and of most accounts none.
type otherNames struct {
	mu sync.Mutex
	of map[billing.Metric]string
}

// maxOtherNames bounds how many are remembered.
const maxOtherNames = 10_000

func (n *otherNames) learn(names map[billing.Metric]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[billing.Metric]string{}
	}
	for metric, name := range names {
		if len(n.of) < maxOtherNames {
			n.of[metric] = name
		}
	}
}

// aliasesOf returns the other name of the query's usage type, if it has one.
func (n *otherNames) aliasesOf(query billing.ServiceQuery) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name, known := n.of[billing.Metric{Product: query.Product, UsageType: query.UsageType}]; known {
		return []string{name}
	}
	return nil
}
