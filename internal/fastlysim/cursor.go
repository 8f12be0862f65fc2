package fastlysim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
)

// position is where the next page begins.
type position struct{ block, row int }

// cursorHead encodes to ++++////, so that a cursor sent without percent-encoding
// does not come back as it was.
var cursorHead = []byte{0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff}

// cursorKey signs cursors. It is no secret: it keeps mistakes out, not people.
var cursorKey = []byte("fastlysim cursor")

var errCursor = errors.New("cursor does not belong to this request")

// cursor names a position in the answer to one question.
func cursor(question url.Values, at position) string {
	text := fmt.Sprintf("%d.%d ", at.block, at.row)
	raw := bytes.Join([][]byte{cursorHead, sign(question, text), []byte(text)}, nil)
	for len(raw)%3 != 1 {
		raw = append(raw, ' ')
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// readCursor refuses a cursor that was made for another question.
func readCursor(question url.Values) (position, error) {
	given := question.Get("cursor")
	if given == "" {
		return position{}, nil
	}
	raw, err := base64.StdEncoding.DecodeString(given)
	if err != nil {
		return position{}, errCursor
	}
	signed, ok := bytes.CutPrefix(raw, cursorHead)
	if !ok {
		return position{}, errCursor
	}
	var at position
	text := signed[min(len(signed), sha256.Size):]
	if _, err := fmt.Sscanf(string(text), "%d.%d", &at.block, &at.row); err != nil {
		return position{}, errCursor
	}
	if cursor(question, at) != given {
		return position{}, errCursor
	}
	return at, nil
}

// sign binds a position to everything that was asked except the cursor itself.
func sign(question url.Values, text string) []byte {
	bound := url.Values{}
	for name, values := range question {
		if name != "cursor" {
			bound[name] = values
		}
	}
	mac := hmac.New(sha256.New, cursorKey)
	mac.Write([]byte(text + bound.Encode()))
	return mac.Sum(nil)
}
