package fastlysim

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// servicePage is a question about services that holds, and where it stands.
type servicePage struct {
	query account.ServiceQuery
	limit int
	at    position
}

// serviceUsageMetrics answers ServicePath.
func (s *Server) serviceUsageMetrics(r *http.Request) fault.Response {
	values := r.URL.Query()
	page, err := s.config.servicePage(values)
	if err != nil {
		return badRequest(err.Error())
	}
	blocks := s.blocks(page.query)
	parts, next, more := s.config.fill(page, blocks)
	meta := &metaJSON{Limit: page.limit, Sort: "billing_start_date", Total: total(blocks)}
	if more {
		meta.NextCursor = cursor(values, next)
	}
	return replyJSON(http.StatusOK, s.config.wrapServices(page.query, parts, meta))
}

// blocks are none for an account that is to look at its invoices.
func (s *Server) blocks(query account.ServiceQuery) []account.Block {
	if rules := s.config.Account.Invoices; rules != nil && rules.WithoutServices {
		return nil
	}
	return s.books().Blocks(query)
}

// servicePage reads a question, or says why it is none.
func (c Config) servicePage(values url.Values) (servicePage, error) {
	known := []string{"product_id", "usage_type_name", "start_month", "end_month", "limit", "cursor"}
	if c.Revision == Current {
		known = append(known, "service")
	}
	if err := onlyKnown(values, known...); err != nil {
		return servicePage{}, err
	}
	if err := c.Revision.pair(values); err != nil {
		return servicePage{}, err
	}
	span, err := c.serviceSpan(values)
	if err != nil {
		return servicePage{}, err
	}
	limit, err := c.Revision.limit(values)
	if err != nil {
		return servicePage{}, err
	}
	at, err := readCursor(values)
	return servicePage{
		query: account.ServiceQuery{
			Span: span, Until: c.until(c.Clock()),
			ProductID: values.Get("product_id"), UsageType: values.Get("usage_type_name"),
			ServiceID: values.Get("service"),
		},
		limit: limit, at: at,
	}, err
}

// pair wants product and usage type together, and in Seed wants them.
func (r Revision) pair(values url.Values) error {
	product, usageType := values.Get("product_id"), values.Get("usage_type_name")
	if r == Seed && (product == "" || usageType == "") {
		return errors.New("product_id and usage_type_name are required")
	}
	if (product == "") != (usageType == "") {
		return errors.New("product_id and usage_type_name must be used together")
	}
	return nil
}

// serviceSpan is the running month when no month is given.
func (c Config) serviceSpan(values url.Values) (account.Span, error) {
	if values.Get("start_month") == "" && values.Get("end_month") == "" {
		now := account.MonthOf(c.Clock())
		return account.Span{First: now, Last: now}, nil
	}
	return monthSpan(values)
}

// part is the piece of a block that is on one page.
type part struct {
	block account.Block
	rows  []account.ServiceRow
}

// fill takes rows from where the page stands until it is full.
func (c Config) fill(page servicePage, blocks []account.Block) (parts []part, next position, more bool) {
	oneBlock := c.Service == DataObject || c.Service == BareObject
	want, row := page.limit, page.at.row
	for i := page.at.block; i < len(blocks); i++ {
		if want == 0 || oneBlock && len(parts) == 1 {
			return parts, position{block: i}, true
		}
		rows, after := blocks[i].Rows(row, want)
		parts = append(parts, part{blocks[i], rows})
		if after != account.NoMore {
			return parts, position{block: i, row: after}, true
		}
		want, row = want-len(rows), 0
	}
	return parts, position{}, false
}

func total(blocks []account.Block) int {
	sum := 0
	for _, b := range blocks {
		sum += b.Count
	}
	return sum
}

// wrapServices puts the parts of a page into their envelope, and meta where the
// envelope can hold it.
func (c Config) wrapServices(query account.ServiceQuery, parts []part, meta *metaJSON) any {
	list := []blockJSON{}
	for _, p := range parts {
		list = append(list, c.blockJSON(query, p))
	}
	if c.Service == DataObject || c.Service == BareObject {
		return c.wrapBlock(query, list, meta)
	}
	if c.Service == DataList && c.Meta == MetaBeside {
		return dataJSON{Data: list, Meta: meta}
	}
	for i := range list {
		list[i].Meta = meta
	}
	if c.Service == BareList {
		return list
	}
	return dataJSON{Data: list}
}

// wrapBlock wraps the only block of a page. Where nothing was used it still
// says what was asked.
func (c Config) wrapBlock(query account.ServiceQuery, list []blockJSON, meta *metaJSON) any {
	if len(list) == 0 {
		list = append(list, c.blockJSON(query, part{block: account.Block{UsageType: query.UsageType}}))
	}
	if c.Service == DataObject && c.Meta == MetaBeside {
		return dataJSON{Data: list[0], Meta: meta}
	}
	list[0].Meta = meta
	if c.Service == BareObject {
		return list[0]
	}
	return dataJSON{Data: list[0]}
}

func (c Config) blockJSON(query account.ServiceQuery, p part) blockJSON {
	wire := blockJSON{
		CustomerID: c.Account.CustomerID,
		StartTime:  query.Span.First.Start(),
		EndTime:    (query.Span.Last + 1).Start().Add(-time.Second),
		UsageType:  p.block.UsageType,
		Unit:       cmp.Or(p.block.Unit, "unit"),
		Details:    make([]detailJSON, 0, len(p.rows)),
		extraJSON:  c.extra(),
	}
	for _, row := range p.rows {
		wire.Details = append(wire.Details, detailJSON{
			CustomerID: c.Account.CustomerID, ServiceID: row.ServiceID, ServiceName: row.ServiceName,
			UsageUnits: c.Numbers.write(row.Units), extraJSON: c.extra(),
		})
	}
	return wire
}
