package billing

import (
	"cmp"
	"slices"
	"strings"
)

// maxNearLength bounds the work that a long input can cause.
const maxNearLength = 100

// Nearest returns the candidates that name was probably meant to be, the nearest first; case and the choice among space,
// hyphen and underscore do not count. It returns none if nothing is near: about one mistake in three letters is.
func Nearest(name string, candidates []string) []string {
	wanted := fold(name)
	return nearest(wanted, candidates, func(candidate []rune) (int, bool) { return isNear(wanted, candidate) })
}

// NearestByWord is Nearest of a single word of the candidates: "ddso" for "ddos_protection".
func NearestByWord(name string, candidates []string) []string {
	wanted := fold(name)
	return nearest(wanted, candidates, func(candidate []rune) (int, bool) {
		for word := range strings.FieldsSeq(string(candidate)) {
			if far, near := isNear(wanted, []rune(word)); near && len(word) >= shortestPart {
				return far, true
			}
		}
		return 0, false
	})
}

// shortestPart is how many letters a word of a name needs for the name to be found by it.
const shortestPart = 4

// nearest returns the candidates that are near, the nearest first.
func nearest(wanted []rune, candidates []string, distanceTo func([]rune) (far int, near bool)) []string {
	if len(wanted) > maxNearLength {
		return nil
	}
	type near struct {
		name string
		far  int
	}
	var found []near
	for _, candidate := range candidates {
		if far, isNear := distanceTo(fold(candidate)); isNear {
			found = append(found, near{candidate, far})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name)) })
	names := make([]string, 0, len(found))
	for _, n := range found {
		names = append(names, n.name)
	}
	return slices.Compact(names)
}

// isNear returns how many letters two names differ by, and whether a person may have meant one by the other.
func isNear(wanted, candidate []rune) (far int, near bool) {
	far = distance(wanted, candidate)
	return far, far <= max(1, min(len(wanted), len(candidate))/3) && far < len(wanted)
}

func fold(s string) []rune {
	return []rune(strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(strings.TrimSpace(s))))
}

// distance is the number of letters to insert, delete, replace or swap with a neighbour to get from a to b.
func distance(a, b []rune) int {
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
