package fastly

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
)

// wireBlock is one usage type of service-usage-metrics as it is sent.
type wireBlock struct {
	StartTime string          `json:"start_time"`
	UsageType string          `json:"usage_type"`
	Unit      string          `json:"unit"`
	Details   json.RawMessage `json:"details"`
	Meta      json.RawMessage `json:"meta"`

	details []json.RawMessage
}

type wireService struct {
	ServiceID   json.RawMessage `json:"service_id"`
	ServiceName json.RawMessage `json:"service_name"`
	UsageUnits  json.RawMessage `json:"usage_units"`
}

// How many blocks and services one answer may have: the later revision of the API has 10,000 services a page at most, and one that
// overlooks the limit may send more.
const (
	maxBlocks      = 5_000
	maxPageDetails = 50_000
)

// servicePage is one answer about services.
type servicePage struct {
	rows []billing.ServiceUsage
	next nextPage
	// promised is how many services there are in all, if the answer states it for the usage type that was asked for; else 0.
	promised int
}

// decodeServiceUsage reads a page of service-usage-metrics and its reference to the next one. typeID is another name under which the
// usage type may be answered, or empty. A service whose figure cannot be read is set aside alone, with the reason in Unread; an error is a
// *BodyError.
func decodeServiceUsage(body []byte, query billing.ServiceQuery, typeID string) (servicePage, error) {
	e, err := open(body, maxBlocks, "details")
	if err != nil {
		return servicePage{}, err
	}
	metas := []json.RawMessage{e.meta}
	blocks := make([]wireBlock, len(e.elements))
	for i, element := range e.elements {
		if blocks[i], err = readBlock(element, query); err != nil {
			return servicePage{}, notUnderstood("block %d: %v", i+1, err)
		}
		metas = append(metas, blocks[i].Meta)
	}
	page := servicePage{}
	if page.next, err = oneNext(metas); err != nil {
		return servicePage{}, err
	}
	if len(blocks) == 1 && !query.EveryType() {
		page.promised = page.next.total
	}
	if blocks, err = aboutQuery(blocks, query, typeID); err != nil {
		return servicePage{}, err
	}
	for _, block := range blocks {
		page.rows = block.appendTo(page.rows, query)
	}
	return page, nil
}

func readBlock(element json.RawMessage, query billing.ServiceQuery) (wireBlock, error) {
	var block wireBlock
	if err := readObject(element, &block); err != nil {
		return block, err
	}
	switch kind := kindOf(block.Details); kind {
	case "a list":
		var err error
		if block.details, err = elementsOf(block.Details, maxPageDetails); err != nil {
			return block, err
		}
	case "null":
		// How Go writes an empty list; beside a usage type or meta it is one.
		if block.UsageType == "" && len(block.Meta) == 0 {
			return block, errors.New("details is null")
		}
	default:
		return block, fmt.Errorf("details is %s", kind)
	}
	if len(block.details) > 0 && query.EveryType() && block.UsageType == "" {
		return block, errors.New("there is no usage_type")
	}
	return block, block.checkMonth(query.Month)
}

// checkMonth compares the month of a block with the one asked for, if the block states one: rows themselves carry none.
func (b wireBlock) checkMonth(month billing.Month) error {
	if b.StartTime == "" {
		return nil
	}
	start := timeOf(b.StartTime)
	switch {
	case start.IsZero():
		return fmt.Errorf("start_time is %q, not a time", billing.Clean(b.StartTime))
	case billing.MonthOf(start) != month:
		return fmt.Errorf("start_time is in %s, which was not asked for", billing.MonthOf(start))
	}
	return nil
}

// aboutQuery leaves out blocks of usage types that were not asked for, for a server may overlook the filter. If every block is of
// another one the answer is to another question, and is refused. A block without a usage type is taken to be of the one
// that was asked for.
func aboutQuery(blocks []wireBlock, query billing.ServiceQuery, typeID string) ([]wireBlock, error) {
	if query.EveryType() {
		return blocks, nil
	}
	var asked []wireBlock
	others := map[string]bool{}
	for _, block := range blocks {
		if block.UsageType == "" || billing.SameName(block.UsageType, query.UsageType) || billing.SameName(block.UsageType, typeID) {
			asked = append(asked, block)
			continue
		}
		others[block.UsageType] = true
	}
	switch {
	case len(asked) > 0 || len(others) == 0:
		return asked, nil
	case len(others) > 1:
		return nil, notUnderstood("it has %d usage types, and none is %s", len(others), billing.Clean(query.UsageType))
	}
	return nil, notUnderstood("it is about %s, and %s was asked for", shortened(blocks[0].UsageType), shortened(query.UsageType))
}

func (b wireBlock) appendTo(rows []billing.ServiceUsage, query billing.ServiceQuery) []billing.ServiceUsage {
	usageType := cmp.Or(query.UsageType, b.UsageType)
	sent := strings.ToLower(cmp.Or(b.Unit, billing.UnitPlain))
	unit, power := billing.UnitOf(sent)
	rows = slices.Grow(rows, len(b.details))
	for i, detail := range b.details {
		row := serviceRow(detail, i+1, sent)
		row.Month, row.Product, row.UsageType, row.Unit = query.Month, query.Product, usageType, unit
		row.Quantity = row.Quantity.Shift(power)
		rows = append(rows, row)
	}
	return rows
}

// serviceRow reads one service, whose figure is in the given unit. If it is not clear which service it is, the row has no id.
func serviceRow(detail json.RawMessage, number int, unit string) (row billing.ServiceUsage) {
	var wire wireService
	which := fmt.Sprintf("service %d of Fastly's page", number)
	setAside := func(err error) billing.ServiceUsage {
		row.Unread = billing.Clean(fmt.Sprintf("%s cannot be read: %v", which, err))
		return row
	}
	if err := readObject(detail, &wire); err != nil {
		return setAside(err)
	}
	var wrong reasons
	id, name := wrong.text("service_id", wire.ServiceID), wrong.text("service_name", wire.ServiceName)
	if id == "" {
		wrong.note(errors.New("there is no service_id"))
	}
	if wrong.first != nil {
		return setAside(wrong.first)
	}
	row.ServiceID, row.ServiceName = id, name
	which = "Fastly's figure of service " + shortened(cmp.Or(name, id))
	quantity, err := figure("usage_units", wire.UsageUnits, billing.MaxQuantityIn(unit))
	if err != nil {
		return setAside(err)
	}
	row.Quantity = quantity
	return row
}
