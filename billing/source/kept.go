package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ServiceStore is a consumer contract. It models where reads by service are kept, for all replicas and across restarts.
type ServiceStore interface {
	// ServicesKept returns the newest read that is kept of the query; its Edition is empty if there is none.
	ServicesKept(ctx context.Context, query billing.ServiceQuery) (billing.KeptServices, error)
	// ServicePart returns a part of an edition, counted from 0; empty if there is none.
	ServicePart(ctx context.Context, edition string, part int) (string, error)
	// KeepServicePart keeps a part of a read that is under way.
	KeepServicePart(ctx context.Context, query billing.ServiceQuery, edition string, part int, rows string) error
	// KeepServices has a read whose parts are kept already replace what is kept of the query, unless that is newer.
	KeepServices(ctx context.Context, query billing.ServiceQuery, read billing.KeptServices) error
}

const (
	keepTimeout = 5 * time.Second  // for one visit to the store
	keepPause   = 30 * time.Second // after a failed one, in which the store is left alone
	partSize    = 64 << 10         // bytes of a part before it is compressed: some 1,200 services
)

// kept are the reads by service that a store keeps. A store that fails costs calls of Fastly and no answer.
type kept struct {
	store    ServiceStore
	failed   func(error)
	partSize int

	mu     sync.Mutex
	paused time.Time // until when the store is left alone
	packer packer
}

// KeepServicesIn has the cache keep services in the store. failed is called with what goes wrong there. Call it before the cache is used.
func (c *Cache) KeepServicesIn(store ServiceStore, failed func(error)) {
	c.kept, c.flights.waits = &kept{store: store, failed: failed, partSize: partSize}, true
}

// beside identifies the account's figures of the query that the cache holds, and when they were read. It is empty if the cache holds none.
func (c *Cache) beside(query billing.ServiceQuery) (hash string, readAt time.Time) {
	account := c.months.newest(query.Month)
	if account == nil {
		return "", time.Time{}
	}
	var figures []string
	for _, u := range account.rows {
		if u.Metric() == query.Metric() {
			figures = append(figures, fmt.Sprint(u.Region, "\x00", u.Unit, "\x00", u.Quantity, "\x00", u.CountedTo.Unix(), "\x00", u.Unread))
		}
	}
	if len(figures) == 0 {
		return "", time.Time{}
	}
	slices.Sort(figures)
	sum := fnv.New128a()
	_, _ = io.WriteString(sum, strings.Join(figures, "\x00")) // which never fails
	return fmt.Sprintf("%x", sum.Sum(nil)), account.readAt
}

// isPaused reports whether the store failed a moment ago.
func (k *kept) isPaused() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Now().Before(k.paused)
}

// note reports an error of the store. One that is not of the caller's making leaves it alone for a while.
func (k *kept) note(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	if !errors.Is(err, errDamaged) {
		k.mu.Lock()
		k.paused = time.Now().Add(keepPause)
		k.mu.Unlock()
	}
	k.failed(err)
}

// find returns what is kept of the query. Its Edition is empty if nothing is, or if the store fails.
func (k *kept) find(ctx context.Context, query billing.ServiceQuery) billing.KeptServices {
	if k.isPaused() {
		return billing.KeptServices{}
	}
	visit, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	read, err := k.store.ServicesKept(visit, query)
	if err != nil {
		k.note(ctx, err)
		return billing.KeptServices{}
	}
	return read
}

// hand hands over every part of what is kept of the query. It checks all of them first: if one is damaged or gone it reports false,
// and has handed over none.
func (k *kept) hand(ctx context.Context, query billing.ServiceQuery, read billing.KeptServices, page func([]billing.ServiceUsage) error) (handed bool, err error) {
	var packed []byte
	for part := read.Parts - 1; part >= 0; part-- {
		if packed, err = k.part(ctx, query, read.Edition, part); err != nil {
			k.note(ctx, err)
			return false, ctx.Err()
		}
	}
	for part := range read.Parts {
		if part > 0 {
			if packed, err = k.part(ctx, query, read.Edition, part); err != nil {
				return true, err
			}
		}
		rows, err := rowsIn(packed, query)
		if err != nil && part == 0 {
			k.note(ctx, err)
			return false, nil
		}
		if err != nil {
			return true, err
		}
		if err := page(rows); err != nil {
			return true, err
		}
	}
	return true, nil
}

// part reads one part, as it was before it was compressed.
func (k *kept) part(ctx context.Context, query billing.ServiceQuery, edition string, part int) ([]byte, error) {
	visit, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	text, err := k.store.ServicePart(visit, edition, part)
	if err != nil {
		return nil, err
	}
	packed, err := unpack(text)
	if err != nil {
		return nil, fmt.Errorf("part %d of the services kept of %s for %s: %w", part, query.UsageType, query.Month, err)
	}
	return packed, nil
}

// edition is a read that is being kept. Its methods do nothing for nil, and after a failure.
type edition struct {
	kept  *kept
	query billing.ServiceQuery
	id    string
	parts int
	rows  []byte // of the next part
	isBad bool
	odd   bool // some row could not be read
	some  bool // there is a row
}

// begin begins to keep a read.
func (k *kept) begin(query billing.ServiceQuery) *edition {
	if k == nil || k.isPaused() {
		return nil
	}
	return &edition{kept: k, query: query, id: rand.Text()}
}

// add takes a page.
func (e *edition) add(ctx context.Context, page []billing.ServiceUsage) {
	if e == nil || e.isBad {
		return
	}
	for _, u := range page {
		e.some, e.odd = true, e.odd || u.Unread != ""
		if e.rows = appendRow(e.rows, u); len(e.rows) >= e.kept.partSize {
			e.flush(ctx)
		}
	}
}

// flush keeps the next part.
func (e *edition) flush(ctx context.Context) {
	text := e.kept.packer.pack(e.rows)
	e.rows = e.rows[:0]
	visit, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	if err := e.kept.store.KeepServicePart(visit, e.query, e.id, e.parts, text); err != nil {
		e.isBad = true
		e.kept.note(ctx, err)
	}
	e.parts++
}

// end keeps the last part, and has the read replace what was kept before.
func (e *edition) end(ctx context.Context, read billing.KeptServices) {
	if e == nil || e.isBad {
		return
	}
	if len(e.rows) > 0 {
		e.flush(ctx)
	}
	if e.isBad {
		return
	}
	read.Edition, read.Parts, read.IsFinal = e.id, e.parts, read.IsFinal && e.some && !e.odd
	visit, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	e.kept.note(ctx, e.kept.store.KeepServices(visit, e.query, read))
}

// packer compresses parts, one at a time: a compressor takes more memory than what it compresses.
type packer struct {
	mu   sync.Mutex
	zip  *gzip.Writer
	into bytes.Buffer
}

// pack turns rows into a text.
func (p *packer) pack(rows []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.into.Reset()
	if p.zip == nil {
		p.zip, _ = gzip.NewWriterLevel(&p.into, gzip.BestSpeed) // a level that there is
	} else {
		p.zip.Reset(&p.into)
	}
	_, _ = p.zip.Write(rows) // a buffer takes everything
	_ = p.zip.Close()
	return base64.StdEncoding.EncodeToString(p.into.Bytes())
}

// errDamaged is the error of a part that is not what was kept.
var errDamaged = errors.New("what was kept is damaged")

// appendRow writes what a row has beside its query: texts behind their lengths.
func appendRow(to []byte, u billing.ServiceUsage) []byte {
	for _, text := range []string{u.ServiceID, u.ServiceName, u.Quantity.String(), u.Unit, u.Unread} {
		to = append(binary.AppendUvarint(to, uint64(len(text))), text...)
	}
	return to
}

// unpack reads what pack wrote. A checksum is part of that.
func unpack(text string) ([]byte, error) {
	zipped, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	packed, err := io.ReadAll(zipped)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return packed, nil
}

// rowsIn reads what appendRow wrote.
func rowsIn(packed []byte, query billing.ServiceQuery) (rows []billing.ServiceUsage, err error) {
	for len(packed) > 0 {
		u := billing.ServiceUsage{Month: query.Month, Product: query.Product, UsageType: query.UsageType}
		var quantity string
		for _, field := range []*string{&u.ServiceID, &u.ServiceName, &quantity, &u.Unit, &u.Unread} {
			size, digits := binary.Uvarint(packed)
			if digits <= 0 || size > uint64(len(packed)-digits) {
				return nil, fmt.Errorf("%w: it ends in the middle of a row", errDamaged)
			}
			packed = packed[digits:]
			*field, packed = string(packed[:size]), packed[size:]
		}
		if u.Quantity, err = decimal.NewFromString(quantity); err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		rows = append(rows, u)
	}
	return rows, nil
}
