package fastly

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// nextPage is a page's reference to the next one, with the size of a page and of all.
type nextPage struct {
	cursor      string // empty at the last page
	size, total int    // services a page and in all; 0 if that is not stated
}

// oneNext returns an answer's reference to the next page, wherever it stands. Two different cursors are refused, since following
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

// countIn returns 0 for a value that is not a count.
func countIn(value json.RawMessage) int {
	n, _ := strconv.Atoi(strings.Trim(string(value), `"`))
	return max(n, 0)
}

// cursorTrail is the cursors that were followed. One that was there before would go in circles.
type cursorTrail map[string]bool

func (t cursorTrail) follow(cursor string) error {
	if t[cursor] {
		return notUnderstood("the cursor of the next page was there before")
	}
	t[cursor] = cursor != "" // of the last page there is none
	return nil
}
