package billing

import (
	"encoding/json"
	"errors"
	"fmt"
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

// decodeServiceUsage reads a page of service-usage-metrics and the cursor of the next one, empty at the last. An error is a
// *BodyError.
func decodeServiceUsage(body []byte, query ServiceQuery) ([]ServiceUsage, string, error) {
	e, err := open(body, func(fields map[string]json.RawMessage) bool { return fields["details"] != nil })
	if err != nil {
		return nil, "", err
	}
	metas := []json.RawMessage{e.meta}
	blocks := make([]wireBlock, len(e.elements))
	for i, element := range e.elements {
		if blocks[i], err = readBlock(element, query); err != nil {
			return nil, "", notUnderstood("block %d: %v", i+1, err)
		}
		metas = append(metas, blocks[i].Meta)
	}
	cursor, err := oneCursor(metas)
	if err != nil {
		return nil, "", err
	}
	if blocks, err = aboutQuery(blocks, query); err != nil {
		return nil, "", err
	}
	var rows []ServiceUsage
	for i, block := range blocks {
		if rows, err = block.appendTo(rows, query); err != nil {
			return nil, "", notUnderstood("block %d, %v", i+1, err)
		}
	}
	return rows, cursor, nil
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
	var details []json.RawMessage
	if err := json.Unmarshal(b.Details, &details); err != nil {
		return nil, typeError(err)
	}
	if len(details) > 0 && b.Unit == "" {
		return nil, errors.New("there is no unit")
	}
	for i, detail := range details {
		row, err := serviceRow(detail)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		row.Month, row.Product, row.UsageType = query.Month, query.Product, query.UsageType
		row.Unit = strings.ToLower(b.Unit)
		rows = append(rows, row)
	}
	return rows, nil
}

func serviceRow(detail json.RawMessage) (ServiceUsage, error) {
	if kind := kindOf(detail); kind != "an object" {
		return ServiceUsage{}, fmt.Errorf("it is %s, not an object", kind)
	}
	var wire wireService
	if err := json.Unmarshal(detail, &wire); err != nil {
		return ServiceUsage{}, typeError(err)
	}
	if wire.ServiceID == "" {
		return ServiceUsage{}, errors.New("there is no service_id")
	}
	quantity, err := figure("usage_units", wire.UsageUnits, maxQuantity)
	return ServiceUsage{ServiceID: wire.ServiceID, ServiceName: wire.ServiceName, Quantity: quantity}, err
}

// oneCursor returns the cursor of the next page, wherever an answer carries it. Two different ones are refused, since
// following either would lose the pages of the other.
func oneCursor(metas []json.RawMessage) (string, error) {
	cursor := ""
	for _, meta := range metas {
		next, err := nextCursor(meta)
		if err != nil {
			return "", err
		}
		if cursor != "" && next != "" && next != cursor {
			return "", notUnderstood("it has two cursors of a next page")
		}
		if next != "" {
			cursor = next
		}
	}
	return cursor, nil
}

const maxCursor = 8 << 10

func nextCursor(meta json.RawMessage) (string, error) {
	if kind := kindOf(meta); kind == "absent" || kind == "null" {
		return "", nil
	}
	var wire struct {
		NextCursor string `json:"next_cursor"`
	}
	if err := json.Unmarshal(meta, &wire); err != nil {
		return "", notUnderstood("meta: %v", typeError(err))
	}
	if len(wire.NextCursor) > maxCursor {
		return "", notUnderstood("meta: next_cursor has %d bytes", len(wire.NextCursor))
	}
	return wire.NextCursor, nil
}
