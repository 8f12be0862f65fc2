package fastly

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// maxUsageRows is how many rows one answer about the account may have: three months of every product, usage type and region there is
// come to some thousand.
const maxUsageRows = 20_000

// wireUsage is a row of usage-metrics as it is sent. Every field is kept raw, since none may cost more than its own row.
type wireUsage struct {
	Month         json.RawMessage `json:"month"`
	UsageType     json.RawMessage `json:"usage_type"`
	Name          json.RawMessage `json:"name"`
	Region        json.RawMessage `json:"region"`
	Unit          json.RawMessage `json:"unit"`
	Quantity      json.RawMessage `json:"quantity"`
	RawQuantity   json.RawMessage `json:"raw_quantity"`
	ProductID     json.RawMessage `json:"product_id"`
	LastUpdatedAt json.RawMessage `json:"last_updated_at"`
}

// decodeUsage reads an answer of usage-metrics for the given months. A row that cannot be read is set aside: it comes back without a
// figure and with the reason in Unread, once for every month that it may be of, and leaves the others as they are. An answer without
// any readable row is an error, as is a mistake of the answer as a whole; it is a *BodyError then. typeIDs are the
// identifiers of usage types that have another name.
func decodeUsage(body []byte, months billing.Range) (rows []billing.Usage, typeIDs map[billing.Metric]string, err error) {
	e, err := open(body, maxUsageRows, "month")
	if err != nil {
		return nil, nil, err
	}
	next, err := readMeta(e.meta)
	if err != nil {
		return nil, nil, err
	}
	if next.cursor != "" {
		return nil, nil, notUnderstood("it is one page of several, which this endpoint does not have")
	}
	d := usageDecoding{months: months, typeIDs: map[billing.Metric]string{}}
	for i, element := range e.elements {
		d.add(i+1, element)
	}
	rows, err = d.rows()
	return rows, d.typeIDs, err
}

// usageDecoding is the rows of one answer while they are read.
type usageDecoding struct {
	months  billing.Range
	read    []billing.Usage
	raw     []halfRow // that have a raw figure alone
	unread  []billing.Usage
	typeIDs map[billing.Metric]string
	first   string // what was wrong with the first element that could not be read, or is of another month
}

// halfRow is a row whose raw figure alone can be read, and what is wrong with the other figure.
type halfRow struct {
	billing.Usage
	number int
	why    error
}

// add reads one element; they are numbered from 1.
func (d *usageDecoding) add(number int, element json.RawMessage) {
	row, wire, err := d.nameRow(element)
	if err == nil {
		err = readFigures(&row, wire)
	}
	if err == nil && !d.months.Contains(row.Month) {
		d.note(fmt.Sprintf("row %d: month: %s was not asked for", number, row.Month)) // and counts towards nothing that was
		return
	}
	half, isHalf := errors.AsType[*halfError](err)
	switch {
	case err == nil:
		d.read = append(d.read, row)
	case isHalf:
		d.raw = append(d.raw, halfRow{row, number, half.cause})
	default:
		d.note(fmt.Sprintf("row %d: %v", number, err))
		d.setAside(row, number, err)
	}
}

func (d *usageDecoding) note(what string) { d.first = cmp.Or(d.first, what) }

// setAside keeps of a row what it may be of, and why it has no figure. If not even its month can be read it may be of any.
func (d *usageDecoding) setAside(row billing.Usage, number int, why error) {
	months := []billing.Month{row.Month}
	if row.Month.IsZero() {
		months = d.months.Months()
	} else if !d.months.Contains(row.Month) {
		return
	}
	for _, month := range months {
		d.unread = append(d.unread, billing.Usage{
			Month: month, Product: row.Product, UsageType: row.UsageType, Region: row.Region, Unit: row.Unit, Unread: unreadReason(row, number, why),
		})
	}
}

// unreadReason names the row that cannot be read, by its names if they are known, else by its place, and the reason.
func unreadReason(row billing.Usage, number int, why error) string {
	which := fmt.Sprintf("row %d of Fastly's answer", number)
	if row.Product != "" {
		which = "Fastly's row of " + shortened(row.Product)
		if row.UsageType != "" {
			which = fmt.Sprintf("Fastly's row of %s (%s)", shortened(row.UsageType), shortened(row.Product))
		}
	}
	if row.Region != "" && !strings.Contains(row.UsageType, row.Region) {
		which += " in " + shortened(row.Region)
	}
	return billing.Clean(fmt.Sprintf("%s cannot be read: %v", which, why))
}

// rows returns what was read and what was set aside, once nothing more is to come.
func (d *usageDecoding) rows() ([]billing.Usage, error) {
	d.completeHalves()
	rows, contradicting := resolve(d.read)
	for _, row := range contradicting {
		d.note(fmt.Sprintf("%s of %s: %v", shortened(row.UsageType), shortened(row.Product), errTwice))
		d.setAside(row, 0, errTwice)
	}
	if len(rows) == 0 && d.first != "" {
		return nil, notUnderstood("%s", d.first)
	}
	return slices.Concat(rows, billing.DistinctUnread(d.unread)), nil
}

// completeHalves makes rows of those that have a raw figure alone, if it is known how many single units a billed one is: 10^9 bytes,
// or as the answer's other rows of the same usage type show it.
func (d *usageDecoding) completeHalves() {
	factors := billing.FactorsOf(d.read)
	for _, half := range d.raw {
		factor, known := factors[half.Metric()]
		switch {
		case half.Unit == billing.UnitGB:
			half.Quantity = half.Raw.Decimal.Shift(-9)
		case half.Unit == billing.UnitPlain && known:
			half.Quantity = half.Raw.Decimal.DivRound(factor, 12)
		default:
			d.note(fmt.Sprintf("row %d: %v", half.number, half.why))
			d.setAside(half.Usage, half.number, half.why)
			continue
		}
		d.read = append(d.read, half.Usage)
	}
}

// halfError is that a row has a raw figure and no other.
type halfError struct{ cause error }

func (e *halfError) Error() string { return e.cause.Error() }

// nameRow reads everything but the figures. Along with an error it returns the names that could be read.
func (d *usageDecoding) nameRow(element json.RawMessage) (row billing.Usage, wire wireUsage, err error) {
	if err := readObject(element, &wire); err != nil {
		return row, wire, err
	}
	var wrong reasons
	row.Product = wrong.text("product_id", wire.ProductID)
	name, typed := wrong.text("name", wire.Name), wrong.text("usage_type", wire.UsageType)
	if kindOf(wire.Name) == "a string" || isAbsent(wire.Name) { // an odd name is not the other one
		row.UsageType = cmp.Or(name, typed)
	}
	if typed != "" && !billing.SameName(typed, row.UsageType) {
		d.typeIDs[row.Metric()] = typed
	}
	row.Region = wrong.text("region", wire.Region)
	if unit := wrong.text("unit", wire.Unit); kindOf(wire.Unit) == "a string" || isAbsent(wire.Unit) {
		row.Unit, _ = billing.UnitOf(cmp.Or(unit, billing.UnitPlain))
	}
	if row.Month, err = monthOf(wrong.text("month", wire.Month)); err != nil {
		wrong.note(err)
	}
	if row.Product == "" {
		wrong.note(errors.New("there is no product_id"))
	}
	if row.UsageType == "" {
		wrong.note(errors.New("there is neither a name nor a usage_type"))
	}
	row.CountedTo = countedTo(wire.LastUpdatedAt, row.Month)
	return row, wire, wrong.first
}

// readFigures reads both quantities. A raw one that cannot be read is as if it were not there, for the other is what is billed; where
// it is the billed one that cannot be read and the raw one can, the error is a *halfError.
func readFigures(u *billing.Usage, wire wireUsage) error {
	sent := strings.ToLower(textOf(wire.Unit))
	raw, rawErr := figure("raw_quantity", wire.RawQuantity, billing.MaxRaw)
	if rawErr == nil {
		u.Raw = decimal.NewNullDecimal(raw)
	}
	quantity, err := figure("quantity", wire.Quantity, billing.MaxQuantityIn(sent))
	switch {
	case err == nil:
		_, power := billing.UnitOf(sent)
		u.Quantity = quantity.Shift(power)
	case rawErr == nil:
		return &halfError{err}
	}
	return err
}

// errTwice is why rows that contradict each other are set aside.
var errTwice = errors.New("it is there twice, with different figures")

// resolve leaves one row of each identity. Of rows that agree one is kept; of rows that differ the one that was updated
// last; if neither is later they contradict each other, and adding them might count twice, so that none of them is kept.
func resolve(rows []billing.Usage) (kept, contradicting []billing.Usage) {
	at := make(map[billing.Identity]int, len(rows))
	torn := map[billing.Identity]bool{}
	kept = rows[:0]
	for _, row := range rows {
		id := row.Identity()
		i, repeated := at[id]
		switch {
		case !repeated:
			at[id] = len(kept)
			kept = append(kept, row)
		case row.CountedTo.After(kept[i].CountedTo) && !kept[i].CountedTo.IsZero():
			kept[i] = row
			delete(torn, id)
		case !agrees(row, kept[i]) && (row.CountedTo.IsZero() || !row.CountedTo.Before(kept[i].CountedTo)):
			torn[id] = true
		}
	}
	if len(torn) == 0 {
		return kept, nil
	}
	whole := make([]billing.Usage, 0, len(kept))
	for _, row := range kept {
		if torn[row.Identity()] {
			contradicting = append(contradicting, row)
			continue
		}
		whole = append(whole, row)
	}
	return whole, contradicting
}

func agrees(u, other billing.Usage) bool {
	return u.Quantity.Equal(other.Quantity) && u.Raw.Valid == other.Raw.Valid && u.Raw.Decimal.Equal(other.Raw.Decimal)
}
