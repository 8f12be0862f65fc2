package fastly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"strconv"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Of a small account every page is of a size that is legal under both revisions of the API. A large one is worth finding
// out whether the server is of the later revision, which takes more: it shows in how many it sends when no limit is asked.
const (
	legalPage     = 100   // the most that both revisions take
	largePage     = 2_500 // what is asked of the later one, which takes 10,000; pages are held whole while they are decoded
	largeFrom     = 1_000 // services from which an account is a large one
	pageUndecided = 0     // no limit is asked for
)

// ServiceUsage reads the service-level usage of one month and usage type, page by page, and hands each page on before it
// reads the next.
func (c *Client) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if query.Month.IsZero() || query.Product == "" || query.UsageType == "" {
		return errors.New("service-level usage needs a month, a product and a usage type")
	}
	return c.readPages(ctx, query, page)
}

// ServicesOf reads the service-level usage of one month, of every usage type, which the later revision of the API alone allows; the
// earlier one answers with ErrBadRequest. The rows have no product.
func (c *Client) ServicesOf(ctx context.Context, month billing.Month, page func([]billing.ServiceUsage) error) error {
	return c.readPages(ctx, billing.ServiceQuery{Month: month}, page)
}

func (c *Client) readPages(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	reading := &pageReading{
		query: query, size: c.pageSize(), trail: cursorTrail{}, services: map[mark]uint32{}, seed: maphash.MakeSeed(),
	}
	if id, known := c.typeIDs.Load(query.Metric()); known {
		reading.typeID = id.(string)
	}
	for range c.config.MaxPages {
		rows, err := c.readPage(ctx, reading)
		if err != nil {
			return err
		}
		if err := page(rows); err != nil {
			return err
		}
		if reading.next.cursor == "" {
			return c.sorted(pathServiceUsage, reading.checkWhole())
		}
		c.resize(reading)
	}
	return &billing.BodyError{Path: pathServiceUsage, Reason: fmt.Sprintf("there are more than %d pages", c.config.MaxPages)}
}

// pageSize returns how many services to ask for first.
func (c *Client) pageSize() int {
	return cmp.Or(c.config.PageSize, int(c.learnedSize.Load()), legalPage)
}

// readPage reads the next page. A server that refuses a large one and sends a small one is asked for small ones from then on.
func (c *Client) readPage(ctx context.Context, reading *pageReading) ([]billing.ServiceUsage, error) {
	body, err := c.get(ctx, pathServiceUsage, reading.values())
	if errors.Is(err, billing.ErrBadRequest) && reading.size > legalPage && c.config.PageSize == 0 {
		reading.restart(legalPage)
		if body, err = c.get(ctx, pathServiceUsage, reading.values()); err == nil {
			c.learnedSize.Store(legalPage)
		}
	}
	if err != nil {
		return nil, err
	}
	rows, err := reading.take(body)
	return rows, c.sorted(pathServiceUsage, err)
}

// resize goes over to larger pages if the account is worth it and the server takes them. That is found out once in the
// life of a Client.
func (c *Client) resize(reading *pageReading) {
	learned := int(c.learnedSize.Load())
	switch {
	case c.config.PageSize > 0:
	case reading.size == pageUndecided:
		c.learnedSize.CompareAndSwap(0, sizeFor(reading.next.size))
		reading.restart(c.pageSize())
	case reading.size > legalPage || reading.next.total < largeFrom:
	case learned > legalPage:
		reading.restart(learned)
	case learned == 0 && reading.next.size > 0:
		reading.restart(pageUndecided)
	}
}

// sizeFor returns the size of page for a server that sends so many when no limit is asked for.
func sizeFor(usual int) int32 {
	if usual > legalPage {
		return largePage
	}
	return legalPage
}

// pageReading is what must be remembered from page to page.
type pageReading struct {
	query  billing.ServiceQuery
	typeID string // another name of the usage type; empty if there is none
	size   int
	next   nextPage
	// promised is how many services there are by the newest page; nameless is how many rows have no service id.
	promised, nameless int
	trail              cursorTrail
	// services holds each service's figure, as hashes: a hundred thousand services, of every month that is being
	// read at the same time, are held here. Among so many a false alarm is a matter of one answer in a hundred million.
	services map[mark]uint32
	seed     maphash.Seed
}

// mark is the hash of a service's id, in halves: the entries of a map then need no padding, a quarter of its memory.
type mark [2]uint32

func (r *pageReading) markOf(row billing.ServiceUsage) mark {
	id := row.ServiceID
	if r.query.EveryType() {
		id += "\x00" + row.UsageType
	}
	hash := maphash.String(r.seed, id)
	return mark{uint32(hash >> 32), uint32(hash)}
}

// restart goes back to the first page with another size, since a cursor belongs to the size that it was made for. Rows that
// come again are dropped like any that repeat.
func (r *pageReading) restart(size int) {
	r.size, r.next, r.trail = size, nextPage{}, cursorTrail{}
}

func (r *pageReading) values() url.Values {
	values := url.Values{"start_month": {r.query.Month.String()}, "end_month": {r.query.Month.String()}}
	if !r.query.EveryType() {
		values.Set("product_id", r.query.Product)
		values.Set("usage_type_name", r.query.UsageType)
	}
	if r.size != pageUndecided {
		values.Set("limit", strconv.Itoa(r.size))
	}
	if r.next.cursor != "" {
		values.Set("cursor", r.next.cursor)
	}
	return values
}

// take decodes a page and moves on to the next cursor.
func (r *pageReading) take(body []byte) ([]billing.ServiceUsage, error) {
	page, err := decodeServiceUsage(body, r.query, r.typeID)
	if err != nil {
		return nil, err
	}
	if err := r.trail.follow(page.next.cursor); err != nil {
		return nil, err
	}
	r.next, r.promised = page.next, page.promised
	return r.distinct(page.rows), nil
}

// distinct drops a row that repeats an earlier one exactly. One that contradicts it is set aside, and with it the earlier row of the
// service: neither figure nor their sum can be trusted.
func (r *pageReading) distinct(rows []billing.ServiceUsage) []billing.ServiceUsage {
	kept := rows[:0]
	for _, row := range rows {
		if row.ServiceID == "" {
			r.nameless++
			kept = append(kept, row)
			continue
		}
		service, quantity := r.markOf(row), uint32(maphash.String(r.seed, row.Quantity.String()+row.Unread))
		before, seen := r.services[service]
		switch {
		case !seen:
			r.services[service] = quantity
			kept = append(kept, row)
		case before != quantity:
			row.Unread = cmp.Or(row.Unread, billing.Clean(fmt.Sprintf("service %s is there twice, with different figures",
				shortened(billing.Called(row.ServiceName, row.ServiceID)))))
			row.Quantity = decimal.Decimal{}
			kept = append(kept, row)
		}
	}
	return kept
}

// checkWhole refuses a reading that ends before everything came that was promised. A hundredth may be missing: while a large account
// is read, page by page, services may go.
func (r *pageReading) checkWhole() error {
	if came := len(r.services) + r.nameless; came < r.promised-r.promised/100 {
		return notUnderstood("it says that there are %d services, and lists %d", r.promised, came)
	}
	return nil
}
