package fastlysim

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"budgetbot/internal/fastlysim/account"
)

// maxMonths is the longest range of one call.
const maxMonths = 3

// onlyKnown refuses parameters that are not listed or come more than once.
func onlyKnown(values url.Values, known ...string) error {
	for name, given := range values {
		if !slices.Contains(known, name) {
			return fmt.Errorf("unknown parameter %q", name)
		}
		if len(given) > 1 {
			return fmt.Errorf("parameter %s is given %d times", name, len(given))
		}
	}
	return nil
}

// monthSpan reads start_month and end_month, which must both be there.
func monthSpan(values url.Values) (account.Span, error) {
	for _, name := range []string{"start_month", "end_month"} {
		if values.Get(name) == "" {
			return account.Span{}, fmt.Errorf("%s is required", name)
		}
	}
	first, err := account.ParseMonth(values.Get("start_month"))
	if err != nil {
		return account.Span{}, fmt.Errorf("start_month: %w", err)
	}
	last, err := account.ParseMonth(values.Get("end_month"))
	if err != nil {
		return account.Span{}, fmt.Errorf("end_month: %w", err)
	}
	if last < first {
		return account.Span{}, fmt.Errorf("end_month %s is before start_month %s", last, first)
	}
	if s := (account.Span{First: first, Last: last}); s.Count() > maxMonths {
		return account.Span{}, fmt.Errorf("%d months are asked for, the maximum is %d", s.Count(), maxMonths)
	}
	return account.Span{First: first, Last: last}, nil
}

// pageLimits are the default and the largest page of a revision.
func (r Revision) pageLimits() (usual, largest int) {
	if r == Seed {
		return 5, 100
	}
	return 1000, 10_000
}

func (r Revision) limit(values url.Values) (int, error) {
	usual, largest := r.pageLimits()
	text := values.Get("limit")
	if text == "" {
		return usual, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("limit %q is not a number", text)
	}
	if limit < 1 || limit > largest {
		return 0, fmt.Errorf("limit %d is not between 1 and %d", limit, largest)
	}
	return limit, nil
}
