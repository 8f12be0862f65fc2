package billing

import "sync"

// otherNames remembers usage types that the account's rows call otherwise by their identifier than by their name: an answer by service
// may use either. There are few of them, and of most accounts none.
type otherNames struct {
	mu sync.Mutex
	of map[Metric]string
}

// maxOtherNames bounds how many are remembered.
const maxOtherNames = 10_000

func (n *otherNames) learn(names map[Metric]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[Metric]string{}
	}
	for metric, name := range names {
		if len(n.of) < maxOtherNames {
			n.of[metric] = name
		}
	}
}

// aliasesOf returns the other name of the query's usage type, if it has one.
func (n *otherNames) aliasesOf(query ServiceQuery) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name, known := n.of[Metric{query.Product, query.UsageType}]; known {
		return []string{name}
	}
	return nil
}
