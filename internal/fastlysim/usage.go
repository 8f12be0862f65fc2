package fastlysim

import (
	"net/http"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// usageMetrics answers UsagePath.
func (s *Server) usageMetrics(r *http.Request) fault.Response {
	values := r.URL.Query()
	if err := onlyKnown(values, "start_month", "end_month"); err != nil {
		return badRequest(err.Error())
	}
	span, err := monthSpan(values)
	if err != nil {
		return badRequest(err.Error())
	}
	rows, until := []usageJSON{}, s.config.until(s.config.Clock())
	for _, m := range s.shown(span) {
		for _, row := range s.books().Usage(m, until) {
			rows = append(rows, s.config.usageJSON(row))
		}
	}
	return replyJSON(http.StatusOK, wrapUsage(s.config.Usage, rows))
}

// wrapUsage puts rows into their envelope. An object cannot hold any other
// number of rows than one.
func wrapUsage(envelope Envelope, rows []usageJSON) any {
	single := len(rows) == 1
	switch {
	case envelope == BareObject && single:
		return rows[0]
	case envelope == BareObject || envelope == BareList:
		return rows
	case envelope == DataObject && single:
		return dataJSON{Data: rows[0]}
	default:
		return dataJSON{Data: rows}
	}
}

// shown are the months of a question that usage-metrics has rows of: none for
// an account that is to look at its invoices.
func (s *Server) shown(span account.Span) []account.Month {
	if rules := s.config.Account.Invoices; rules != nil && rules.WithoutUsage {
		return nil
	}
	return span.Months()
}
