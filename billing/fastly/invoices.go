package fastly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/statement"
)

const (
	pathInvoices    = "/billing/v3/invoices"
	pathMonthToDate = pathInvoices + "/month-to-date"

	invoicesPerPage = 100 // more are cut down or refused
	// maxInvoicePages bounds the pages of a year: 5,000 invoices.
	maxInvoicePages = 50
	// billsPerCall keeps a page of long invoices, of 5,000 lines each, within what is read of an answer.
	billsPerCall = 12
)

var _ billing.BillSource = (*Client)(nil)

// Bills is BillSource.Bills. It reads a year a call.
func (c *Client) Bills(ctx context.Context, months billing.Range) ([]billing.Bill, error) {
	if err := months.Check(); err != nil {
		return nil, err
	}
	return inParallel(ctx, c.config.Parallel, months.Chunks(billsPerCall), c.bills)
}

func (c *Client) bills(ctx context.Context, months billing.Range) ([]billing.Bill, error) {
	query := url.Values{
		"billing_start_date": {months.First.Start().Format(time.DateOnly)},
		// A period may be written to end on its last day or with the first of the next month.
		"billing_end_date": {months.Last.End().Format(time.DateOnly)},
		"limit":            {strconv.Itoa(invoicesPerPage)},
	}
	var listed []statement.Statement
	trail := cursorTrail{}
	for range maxInvoicePages {
		page, next, err := c.invoicePage(ctx, query)
		if err != nil {
			return nil, err
		}
		if err := trail.follow(next.cursor); err != nil {
			return nil, c.sorted(pathInvoices, err)
		}
		for _, v := range page {
			if months.Contains(v.Month) {
				listed = append(listed, v)
			}
		}
		if next.cursor == "" {
			return statement.Bills(listed), nil
		}
		query.Set("cursor", next.cursor)
	}
	return nil, &billing.BodyError{Path: pathInvoices, Reason: fmt.Sprintf("there are more than %d pages", maxInvoicePages)}
}

func (c *Client) invoicePage(ctx context.Context, query url.Values) ([]statement.Statement, nextPage, error) {
	body, err := c.get(ctx, pathInvoices, query)
	if err != nil {
		return nil, nextPage{}, err
	}
	invoices, next, err := decodeInvoices(body)
	return invoices, next, c.sorted(pathInvoices, err)
}

// MonthToDate is BillSource.MonthToDate. Fastly takes up to a minute to make an estimate that nobody asked for in four hours, and is
// asked again meanwhile. The currency is that of the newest invoice; it is empty if there is none.
func (c *Client) MonthToDate(ctx context.Context) (billing.Bill, error) {
	body, err := c.madeEstimate(ctx)
	if err != nil {
		return billing.Bill{}, err
	}
	read, err := decodeEstimate(body)
	if err != nil {
		return billing.Bill{}, c.sorted(pathMonthToDate, err)
	}
	if read.Currency == "" {
		if read.Currency, err = c.newestCurrency(ctx); err != nil {
			return billing.Bill{}, fmt.Errorf("read the currency of the newest invoice: %w", err)
		}
	}
	return read.Estimate(), nil
}

// newestCurrency returns that of the newest invoice, and nothing if there is none.
func (c *Client) newestCurrency(ctx context.Context) (string, error) {
	listed, _, err := c.invoicePage(ctx, url.Values{"limit": {"1"}})
	if err != nil {
		return "", err
	}
	var newest statement.Statement
	for _, v := range listed {
		if v.Month.After(newest.Month) {
			newest = v
		}
	}
	return newest.Currency, nil
}

// madeEstimate asks for the estimate until it is made.
func (c *Client) madeEstimate(ctx context.Context) ([]byte, error) {
	begun := time.Now()
	for {
		body, err := c.get(ctx, pathMonthToDate, nil)
		if !isBeingMade(err) {
			return body, NoEstimate(err)
		}
		next := time.Now().Add(c.config.EstimateEvery)
		deadline, limited := ctx.Deadline()
		if next.Sub(begun) > c.config.EstimateWithin || limited && !next.Before(deadline) {
			return nil, &billing.TransportError{Path: pathMonthToDate, Kind: billing.ErrTimeout, Text: "Fastly is still making the estimate"}
		}
		select {
		case <-ctx.Done():
			return nil, transportError(pathMonthToDate, ctx.Err())
		case <-time.After(c.config.EstimateEvery):
		}
	}
}

func isBeingMade(err error) bool {
	body, ok := errors.AsType[*billing.BodyError](err)
	return ok && body.Status == http.StatusAccepted
}

// NoEstimate adds ErrNoEstimate to an answer that there is no estimate. Its status distinguishes an account without invoices (404) from
// one whose bill a parent account pays (422).
func NoEstimate(err error) error {
	api, ok := errors.AsType[*billing.APIError](err)
	if ok && (api.Status == http.StatusNotFound || api.Status == http.StatusUnprocessableEntity) {
		return fmt.Errorf("%w: %w", billing.ErrNoEstimate, api)
	}
	return err
}
