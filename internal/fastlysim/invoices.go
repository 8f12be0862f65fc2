package fastlysim

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

const (
	usualInvoices = 100
	// mostInvoices is the largest page; what asks for more gets that many, until
	// it asks for tooManyInvoices.
	mostInvoices, tooManyInvoices = 200, 500
)

// invoicePage is a question about invoices that holds, and where it stands. A
// zero date does not narrow it.
type invoicePage struct {
	first, last time.Time
	limit       int
	at          position
}

// listInvoices answers InvoicesPath.
func (s *Server) listInvoices(r *http.Request) fault.Response {
	values := r.URL.Query()
	page, err := readInvoicePage(values)
	if err != nil {
		return badRequest(err.Error())
	}
	all := slices.DeleteFunc(s.office().Listed(s.config.Clock()), func(i account.Invoice) bool { return !page.holds(i) })
	meta := &metaJSON{Limit: page.limit, Sort: "billing_start_date", Total: len(all)}
	from := min(page.at.row, len(all))
	to := min(from+page.limit, len(all))
	if to < len(all) {
		meta.NextCursor = cursor(values, position{row: to})
	}
	list := make([]fields, 0, to-from)
	for _, invoice := range all[from:to] {
		list = append(list, s.config.invoiceJSON(invoice))
	}
	return replyJSON(http.StatusOK, dataJSON{Data: list, Meta: meta})
}

// holds takes an invoice whose dates lie within the page's, both included.
func (p invoicePage) holds(i account.Invoice) bool {
	return !i.Start.Before(p.first) && (p.last.IsZero() || i.End.Before(p.last.Add(account.Day)))
}

func readInvoicePage(values url.Values) (invoicePage, error) {
	if err := onlyKnown(values, "billing_start_date", "billing_end_date", "limit", "cursor"); err != nil {
		return invoicePage{}, err
	}
	first, err := date(values, "billing_start_date")
	if err != nil {
		return invoicePage{}, err
	}
	last, err := date(values, "billing_end_date")
	if err != nil {
		return invoicePage{}, err
	}
	if !last.IsZero() && last.Before(first) {
		return invoicePage{}, fmt.Errorf("billing_end_date %s is before billing_start_date %s",
			last.Format(time.DateOnly), first.Format(time.DateOnly))
	}
	limit, err := invoiceLimit(values)
	if err != nil {
		return invoicePage{}, err
	}
	at, err := readCursor(values)
	return invoicePage{first: first, last: last, limit: limit, at: at}, err
}

// date reads YYYY-MM-DD and nothing else; it is zero when it is not given.
func date(values url.Values, name string) (time.Time, error) {
	text := values.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	read, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %q is not a date written YYYY-MM-DD", name, text)
	}
	return read, nil
}

func invoiceLimit(values url.Values) (int, error) {
	text := cmp.Or(values.Get("limit"), strconv.Itoa(usualInvoices))
	limit, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("limit %q is not a number", text)
	}
	if limit < 1 || limit >= tooManyInvoices {
		return 0, fmt.Errorf("limit %d is not between 1 and %d", limit, mostInvoices)
	}
	return min(limit, mostInvoices), nil
}

// oneInvoice answers InvoicePath.
func (s *Server) oneInvoice(r *http.Request) fault.Response {
	if err := onlyKnown(r.URL.Query()); err != nil {
		return badRequest(err.Error())
	}
	id := strings.TrimPrefix(r.URL.Path, InvoicePath(""))
	all := s.office().Listed(s.config.Clock())
	i := slices.IndexFunc(all, func(i account.Invoice) bool { return i.ID == id })
	if i < 0 {
		return noInvoice(id)
	}
	return replyJSON(http.StatusOK, s.config.invoiceJSON(all[i]))
}

// noInvoice is a 404 as Fastly has been seen to write it, its status a number.
func noInvoice(id string) fault.Response {
	return refuse(http.StatusNotFound, fmt.Sprintf("requested id:%s doesn't exist", id))
}
