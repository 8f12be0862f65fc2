package billing

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/shopspring/decimal"
)

// ServiceUsage reads the service-level usage of one month and usage type, page by page, and hands each page on before it
// reads the next.
func (c *Client) ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error {
	if query.Month.IsZero() || query.Product == "" || query.UsageType == "" {
		return errors.New("service-level usage needs a month, a product and a usage type")
	}
	reading := &pageReading{query: query, cursors: map[string]bool{}, services: map[string]decimal.Decimal{}}
	for range c.config.MaxPages {
		body, err := c.get(ctx, pathServiceUsage, reading.values(c.config.PageSize))
		if err != nil {
			return err
		}
		rows, err := reading.take(body)
		if err != nil {
			return c.sorted(pathServiceUsage, err)
		}
		if err := page(rows); err != nil {
			return err
		}
		if reading.cursor == "" {
			return nil
		}
	}
	return &BodyError{Path: pathServiceUsage, Reason: fmt.Sprintf("there are more than %d pages", c.config.MaxPages)}
}

// pageReading is what must be remembered from page to page.
type pageReading struct {
	query    ServiceQuery
	cursor   string // of the next page; empty at the first and after the last
	cursors  map[string]bool
	services map[string]decimal.Decimal // what each service was said to use
}

func (r *pageReading) values(size int) url.Values {
	values := url.Values{
		"product_id":      {r.query.Product},
		"usage_type_name": {r.query.UsageType},
		"start_month":     {r.query.Month.String()},
		"end_month":       {r.query.Month.String()},
		"limit":           {strconv.Itoa(size)},
	}
	if r.cursor != "" {
		values.Set("cursor", r.cursor)
	}
	return values
}

// take decodes a page and moves on to the next cursor. A cursor that was there before would go in circles.
func (r *pageReading) take(body []byte) ([]ServiceUsage, error) {
	rows, cursor, err := decodeServiceUsage(body, r.query)
	if err != nil {
		return nil, err
	}
	if r.cursors[cursor] {
		return nil, notUnderstood("the cursor of the next page was there before")
	}
	r.cursor = cursor
	if cursor != "" {
		r.cursors[cursor] = true
	}
	return r.distinct(rows)
}

// distinct drops a row that repeats an earlier one exactly. One that contradicts it is refused: neither figure nor their
// sum can be trusted.
func (r *pageReading) distinct(rows []ServiceUsage) ([]ServiceUsage, error) {
	kept := rows[:0]
	for _, row := range rows {
		quantity, seen := r.services[row.ServiceID]
		if seen && !quantity.Equal(row.Quantity) {
			return nil, notUnderstood("service %s is there twice, with different figures", clean(row.ServiceID))
		}
		if !seen {
			r.services[row.ServiceID] = row.Quantity
			kept = append(kept, row)
		}
	}
	return kept, nil
}
