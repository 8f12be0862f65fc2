package billing

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wireBlock is one usage type of service-usage-metrics as it is sent.
type wireBlock struct {
	StartTime string          `json:"start_time"`
	UsageType string          `json:"usage_type"`
	Unit      string          `json:"unit"`
	Details   json.RawMessage `json:"details"`
	Meta      json.RawMessage `json:"meta"`
}

type wireService struct {
	ServiceID   string          `json:"service_id"`
	ServiceName string          `json:"service_name"`
	UsageUnits  json.RawMessage `json:"usage_units"`
}

// decodeServiceUsage reads a page of service-usage-metrics and what it says of the next one. An error is a
// *BodyError.
func decodeServiceUsage(body []byte, query ServiceQuery) ([]ServiceUsage, nextPage, error) {
	e, err := open(body, func(fields map[string]json.RawMessage) bool { return fields["details"] != nil })
	if err != nil {
		return nil, nextPage{}, err
	}
	metas := []json.RawMessage{e.meta}
	blocks := make([]wireBlock, len(e.elements))
	for i, element := range e.elements {
		if blocks[i], err = readBlock(element, query); err != nil {
			return nil, nextPage{}, notUnderstood("block %d: %v", i+1, err)
		}
		metas = append(metas, blocks[i].Meta)
	}
	next, err := oneNext(metas)
	if err != nil {
		return nil, nextPage{}, err
	}
	if blocks, err = aboutQuery(blocks, query); err != nil {
		return nil, nextPage{}, err
	}
	var rows []ServiceUsage
	for i, block := range blocks {
		if rows, err = block.appendTo(rows, query); err != nil {
			return nil, nextPage{}, notUnderstood("block %d, %v", i+1, err)
		}
	}
	return rows, next, nil
}

func readBlock(element json.RawMessage, query ServiceQuery) (wireBlock, error) {
	var block wireBlock
	if kind := kindOf(element); kind != "an object" {
		return block, fmt.Errorf("it is %s, not an object", kind)
	}
	if err := json.Unmarshal(element, &block); err != nil {
		return block, typeError(err)
	}
	switch kind := kindOf(block.Details); kind {
	case "a list":
	case "null":
		// How Go writes an empty list; beside a usage type or meta it is one.
		if block.UsageType == "" && len(block.Meta) == 0 {
			return block, errors.New("details is null")
		}
	default:
		return block, fmt.Errorf("details is %s", kind)
	}
	return block, block.checkMonth(query.Month)
}

// checkMonth compares the month of a block with the one asked for, where the block says it: rows themselves carry none.
func (b wireBlock) checkMonth(month Month) error {
	if b.StartTime == "" {
		return nil
	}
	start, err := time.Parse(time.RFC3339Nano, b.StartTime)
	if err != nil {
		start, err = time.Parse(time.DateOnly, b.StartTime)
	}
	switch {
	case err != nil:
		return fmt.Errorf("start_time is %q, not a time", clean(b.StartTime))
	case MonthOf(start) != month:
		return fmt.Errorf("start_time is in %s, which was not asked for", MonthOf(start))
	}
	return nil
}

// aboutQuery leaves out blocks of usage types that were not asked for, for a server may overlook the filter. A usage type
// alone is believed to be the right one whatever it is called, since the answer may use another name than the question.
func aboutQuery(blocks []wireBlock, query ServiceQuery) ([]wireBlock, error) {
	if query.everyType() {
		return blocks, nil
	}
	var asked []wireBlock
	types := map[string]bool{}
	for _, block := range blocks {
		types[block.UsageType] = true
		if sameName(block.UsageType, query.UsageType) {
			asked = append(asked, block)
		}
	}
	switch {
	case len(asked) > 0:
		return asked, nil
	case len(types) > 1:
		return nil, notUnderstood("it has %d usage types, and none is %s", len(types), clean(query.UsageType))
	}
	return blocks, nil
}

func sameName(a, b string) bool { return string(fold(a)) == string(fold(b)) }

func (b wireBlock) appendTo(rows []ServiceUsage, query ServiceQuery) ([]ServiceUsage, error) {
	var details []*wireService
	if err := json.Unmarshal(b.Details, &details); err != nil {
		return nil, b.misshapen(err)
	}
	usageType := cmp.Or(query.UsageType, b.UsageType)
	switch {
	case len(details) > 0 && b.Unit == "":
		return nil, errors.New("there is no unit")
	case len(details) > 0 && usageType == "":
		return nil, errors.New("there is no usage_type")
	}
	unit := strings.ToLower(b.Unit)
	rows = slices.Grow(rows, len(details))
	for i, detail := range details {
		row, err := detail.row()
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		row.Month, row.Product, row.UsageType, row.Unit = query.Month, query.Product, usageType, unit
		rows = append(rows, row)
	}
	return rows, nil
}

// misshapen names the row that could not be read. Rows are looked at one by one for that alone: a page may have thousands.
func (b wireBlock) misshapen(cause error) error {
	var details []json.RawMessage
	if err := json.Unmarshal(b.Details, &details); err != nil {
		return typeError(err)
	}
	for i, detail := range details {
		if kind := kindOf(detail); kind != "an object" {
			return fmt.Errorf("row %d: it is %s, not an object", i+1, kind)
		}
		if err := json.Unmarshal(detail, &wireService{}); err != nil {
			return fmt.Errorf("row %d: %w", i+1, typeError(err))
		}
	}
	return typeError(cause)
}

func (s *wireService) row() (ServiceUsage, error) {
	switch {
	case s == nil:
		return ServiceUsage{}, errors.New("it is null, not an object")
	case s.ServiceID == "":
		return ServiceUsage{}, errors.New("there is no service_id")
	}
	quantity, err := figure("usage_units", s.UsageUnits, maxQuantity)
	return ServiceUsage{ServiceID: s.ServiceID, ServiceName: s.ServiceName, Quantity: quantity}, err
}

// nextPage is what a page says of the next one, and of all.
type nextPage struct {
	cursor      string // empty at the last page
	size, total int    // services a page and in all; 0 where that is not said
}

// oneNext returns what an answer says of the next page, wherever it does. Two different cursors are refused, since following
// either would lose the pages of the other.
func oneNext(metas []json.RawMessage) (nextPage, error) {
	var one nextPage
	for _, meta := range metas {
		next, err := readMeta(meta)
		if err != nil {
			return nextPage{}, err
		}
		if one.cursor != "" && next.cursor != "" && next.cursor != one.cursor {
			return nextPage{}, notUnderstood("it has two cursors of a next page")
		}
		one = nextPage{cmp.Or(next.cursor, one.cursor), max(next.size, one.size), max(next.total, one.total)}
	}
	return one, nil
}

const maxCursor = 8 << 10

func readMeta(meta json.RawMessage) (nextPage, error) {
	if kind := kindOf(meta); kind == "absent" || kind == "null" {
		return nextPage{}, nil
	}
	var wire struct {
		NextCursor string          `json:"next_cursor"`
		Limit      json.RawMessage `json:"limit"` // good to know, and no reason to refuse a page; so is the total
		Total      json.RawMessage `json:"total"`
	}
	if err := json.Unmarshal(meta, &wire); err != nil {
		return nextPage{}, notUnderstood("meta: %v", typeError(err))
	}
	if len(wire.NextCursor) > maxCursor {
		return nextPage{}, notUnderstood("meta: next_cursor has %d bytes", len(wire.NextCursor))
	}
	return nextPage{wire.NextCursor, countIn(wire.Limit), countIn(wire.Total)}, nil
}

// countIn returns 0 for what is no count.
func countIn(value json.RawMessage) int {
	n, _ := strconv.Atoi(strings.Trim(string(value), `"`))
	return max(n, 0)
}
